//! The background tasks of one query: they outlive the turn that started them, never the query.

pub mod files;
pub mod notify;
pub mod output;

use crate::engine::clock::{Clock, new_uuid};
use crate::engine::emit::Emitter;
use crate::engine::io::process::log::Log;
use crate::engine::message::sdk::{SdkMessage, SystemMessage};
use crate::engine::message::task::{
    BackgroundTasksChangedMessage, TaskNotificationMessage, TaskPatch, TaskProgressMessage, TaskRow,
    TaskStartedMessage, TaskUpdatedMessage, TaskUsage, ToolProgressMessage,
};
use notify::Notice;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It runs.
    Running,
    /// It has done its work.
    Completed,
    /// It has ended with an error.
    Failed,
    /// It was stopped on request, or with the query.
    Stopped,
}

impl Status {
    /// The documented name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// The name in `task_updated`.
    fn patch_name(&self) -> &'static str {
        match self {
            Self::Stopped => "killed",
            Self::Running | Self::Completed | Self::Failed => self.name(),
        }
    }
}

/// Who asked for a task to be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopper {
    /// The model: it knows.
    Model,
    /// The embedder: the model is told with the next message.
    Host,
}

/// What a task is started with.
#[derive(Debug)]
pub struct NewTask {
    /// From [`new_id`].
    pub id: String,
    /// `local_bash` and the like.
    pub kind: &'static str,
    /// For people: what it does.
    pub description: String,
    /// The command line, if it is one.
    pub command: Option<String>,
    /// The call that started it.
    pub tool_use_id: String,
    /// Where its output goes.
    pub log: Arc<Log>,
}

/// One background task.
#[derive(Debug)]
pub struct Task {
    /// What it was started with.
    pub new: NewTask,
    /// Cancelled when it must end.
    pub stop: CancellationToken,
    began: Duration,
    state: watch::Sender<State>,
    /// How much of its output the model has seen.
    seen: tokio::sync::Mutex<u64>,
    stopper: Mutex<Option<Stopper>>,
}

/// How far a task is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// How it stands.
    pub status: Status,
    /// The code of a command that has exited.
    pub exit_code: Option<i32>,
}

/// How a task ended.
#[derive(Debug)]
pub struct Outcome {
    /// Not [`Status::Running`].
    pub status: Status,
    /// The code of a command that has exited.
    pub exit_code: Option<i32>,
    /// How it ended, to follow its name: `completed (exit code 0)`.
    pub how: String,
}

/// The tasks of one query.
#[derive(Debug)]
pub struct Tasks {
    all: Mutex<All>,
    changed: Notify,
    emitter: Emitter,
    clock: Clock,
    cancel: CancellationToken,
}

#[derive(Debug, Default)]
struct All {
    tasks: Vec<Arc<Task>>,
    notices: Vec<Notice>,
    /// Calls that the embedder may move to the background.
    movable: Vec<(String, CancellationToken)>,
    /// How many others may still wake the model.
    holds: usize,
    /// One of them did.
    woken: bool,
    /// Tasks that have done their work, which hooks have not been told of.
    completed: Vec<Arc<Task>>,
}

/// Somebody else who may wake the model while this lives.
#[derive(Debug)]
pub struct Hold(Arc<Tasks>);

impl Hold {
    /// Gives the model a turn. What it is told must be kept for it already.
    pub fn wake(self) {
        lock(&self.0.all).woken = true;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut all = lock(&self.0.all);
        all.holds = all.holds.saturating_sub(1);
        drop(all);
        self.0.changed.notify_waiters();
    }
}

/// A task that runs. Dropping it unfinished counts as a failure: no task ends in silence.
#[derive(Debug)]
pub struct Handle {
    tasks: Arc<Tasks>,
    task: Arc<Task>,
}

/// A call that may be moved to the background while this lives.
#[derive(Debug)]
pub struct Movable<'a> {
    tasks: &'a Tasks,
    tool_use_id: &'a str,
    /// Cancelled when the call is to move.
    pub moved: CancellationToken,
}

/// An id for a task: short, as the model has to repeat it.
pub fn new_id() -> String {
    let uuid = new_uuid();
    format!("b{}", uuid.get(..8).unwrap_or(&uuid))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tasks {
    /// No tasks yet; all end with `cancel`.
    pub fn new(emitter: Emitter, clock: Clock, cancel: CancellationToken) -> Self {
        Self { all: Mutex::default(), changed: Notify::new(), emitter, clock, cancel }
    }

    /// Registers a task that has just started, and says so in the stream.
    pub fn begin(self: &Arc<Self>, new: NewTask) -> Handle {
        let started = SystemMessage::TaskStarted(TaskStartedMessage {
            task_id: new.id.clone(),
            tool_use_id: new.tool_use_id.clone(),
            description: new.description.clone(),
            task_type: new.kind,
            is_backgrounded: true,
        });
        let task = Arc::new(Task {
            new,
            stop: self.cancel.child_token(),
            began: self.clock.elapsed(),
            state: watch::channel(State { status: Status::Running, exit_code: None }).0,
            seen: tokio::sync::Mutex::new(0),
            stopper: Mutex::new(None),
        });
        let mut all = lock(&self.all);
        all.tasks.push(Arc::clone(&task));
        self.tell(list(&all));
        self.tell(started);
        drop(all);
        Handle { tasks: Arc::clone(self), task }
    }

    /// The task with this id, running or not.
    pub fn get(&self, id: &str) -> Option<Arc<Task>> {
        lock(&self.all).tasks.iter().find(|task| task.new.id == id).map(Arc::clone)
    }

    /// The tasks that run, in the order in which they started.
    pub fn running(&self) -> Vec<Arc<Task>> {
        lock(&self.all).tasks.iter().filter(|task| task.is_running()).map(Arc::clone).collect()
    }

    /// Asks a task to end; `false` when no running task has this id. `task_notification` follows.
    pub fn stop(&self, id: &str, by: Stopper) -> bool {
        let Some(task) = self.get(id).filter(|task| task.is_running()) else { return false };
        lock(&task.stopper).get_or_insert(by);
        task.stop.cancel();
        true
    }

    /// Asks all tasks to end, and takes back what the model has not been told yet: nobody will listen.
    pub fn stop_all(&self) {
        for task in self.running() {
            self.stop(&task.new.id, Stopper::Model);
        }
        let mut all = lock(&self.all);
        all.notices.clear();
        (all.holds, all.woken) = (0, false);
    }

    /// Lets the query wait for something that may wake the model.
    pub fn hold(self: &Arc<Self>) -> Hold {
        lock(&self.all).holds += 1;
        Hold(Arc::clone(self))
    }

    /// Waits until all tasks have ended.
    pub async fn all_ended(&self) {
        for task in self.running() {
            task.ended().await;
        }
    }

    /// Lets the embedder move a running call to the background.
    pub fn movable<'a>(&'a self, tool_use_id: &'a str) -> Movable<'a> {
        let moved = CancellationToken::new();
        lock(&self.all).movable.push((tool_use_id.to_owned(), moved.clone()));
        Movable { tasks: self, tool_use_id, moved }
    }

    /// Moves the call, or all that can be moved, to the background; `false` when there is none.
    pub fn move_to_background(&self, tool_use_id: Option<&str>) -> bool {
        let all = lock(&self.all);
        let mut any = false;
        for (_, moved) in all.movable.iter().filter(|(id, _)| tool_use_id.is_none_or(|asked| asked == id)) {
            moved.cancel();
            any = true;
        }
        any
    }

    /// What the model has to be told, once.
    pub fn take_notices(&self) -> Vec<Notice> {
        let mut all = lock(&self.all);
        all.woken = false;
        std::mem::take(&mut all.notices)
    }

    /// The tasks that have done their work since this was last asked.
    pub fn take_completed(&self) -> Vec<Arc<Task>> {
        std::mem::take(&mut lock(&self.all).completed)
    }

    /// Resolves at the next end of a task; counts from the call on.
    pub fn change(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// The model knows how this task ended.
    pub fn forget_notice(&self, id: &str) {
        lock(&self.all).notices.retain(|notice| notice.task_id != id);
    }

    /// Waits until a task has ended of which the model must hear (`true`), or none is left that could (`false`).
    pub async fn news(&self) -> bool {
        loop {
            let changed = self.changed.notified();
            if self.has_news() {
                return true;
            }
            if !self.may_wake() {
                return false;
            }
            changed.await;
        }
    }

    /// Whether a task has ended of which the model must hear.
    pub fn has_news(&self) -> bool {
        let all = lock(&self.all);
        all.woken || all.notices.iter().any(|notice| notice.wakes)
    }

    /// Whether there is such a task, or one that may become it.
    pub fn may_wake(&self) -> bool {
        let all = lock(&self.all);
        all.woken
            || all.holds > 0
            || all.notices.iter().any(|notice| notice.wakes)
            || all.tasks.iter().any(|task| task.is_running())
    }

    /// Says in the stream that a call still runs.
    pub fn tell_progress(&self, tool_use_id: &str, tool: &str, elapsed: Duration, task: Option<&str>) {
        self.emitter.emit(&SdkMessage::ToolProgress(ToolProgressMessage {
            tool_use_id: tool_use_id.to_owned(),
            tool_name: tool.to_owned(),
            parent_tool_use_id: None,
            elapsed_time_seconds: elapsed.as_secs(),
            task_id: task.map(str::to_owned),
        }));
    }

    fn tell(&self, message: SystemMessage) {
        self.emitter.emit(&SdkMessage::System(message));
    }
}

/// The message that names every running task.
fn list(all: &All) -> SystemMessage {
    let row = |task: &Arc<Task>| TaskRow {
        task_id: task.new.id.clone(),
        task_type: task.new.kind,
        description: task.new.description.clone(),
    };
    let tasks = all.tasks.iter().filter(|task| task.is_running()).map(row).collect();
    SystemMessage::BackgroundTasksChanged(BackgroundTasksChangedMessage { tasks })
}

impl Task {
    /// Whether it has not ended yet.
    pub fn is_running(&self) -> bool {
        self.state.borrow().status == Status::Running
    }

    /// How far it is.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Waits until it has ended and all its output is written.
    pub async fn ended(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.state.subscribe().wait_for(|state| state.status != Status::Running).await;
    }

    /// Who asked for it to be stopped, if anybody did.
    pub fn stopper(&self) -> Option<Stopper> {
        *lock(&self.stopper)
    }

    /// What it does, for a sentence: its kind and its name.
    fn title(&self) -> String {
        let what = if self.new.command.is_some() { "Background command" } else { "Background task" };
        format!("{what} \"{}\"", self.new.description)
    }
}

impl Handle {
    /// The task.
    pub fn task(&self) -> &Arc<Task> {
        &self.task
    }

    /// Says in the stream that the task still runs.
    pub fn tell_progress(&self) {
        let new = &self.task.new;
        self.tasks.tell(SystemMessage::TaskProgress(TaskProgressMessage {
            task_id: new.id.clone(),
            tool_use_id: new.tool_use_id.clone(),
            description: new.description.clone(),
            usage: self.usage(),
        }));
    }

    /// The task has ended and all its output is in its file: the stream and the model are told.
    pub fn finish(self, outcome: Outcome) {
        self.end(outcome);
    }

    fn usage(&self) -> TaskUsage {
        let ran = self.tasks.clock.elapsed().saturating_sub(self.task.began);
        let duration_ms = u64::try_from(ran.as_millis()).unwrap_or(u64::MAX);
        TaskUsage { total_tokens: 0, tool_uses: 0, duration_ms }
    }

    fn end(&self, outcome: Outcome) {
        let (task, tasks) = (&self.task, &self.tasks);
        let new = &task.new;
        let summary = format!("{} {}", task.title(), outcome.how);
        let stopper = task.stopper();
        let status = outcome.status.clone();
        // All under one lock: a turn that begins because of this must begin after the messages about it.
        let mut all = lock(&tasks.all);
        task.state.send_replace(State { status: outcome.status, exit_code: outcome.exit_code });
        if status == Status::Completed {
            all.completed.push(Arc::clone(task));
        }
        if stopper != Some(Stopper::Model) {
            all.notices.push(Notice {
                task_id: new.id.clone(),
                summary: summary.clone(),
                output_file: new.log.path().to_owned(),
                wakes: stopper.is_none(),
            });
        }
        tasks.tell(SystemMessage::TaskUpdated(TaskUpdatedMessage {
            task_id: new.id.clone(),
            patch: TaskPatch {
                status: status.patch_name(),
                end_time: tasks.clock.unix_ms(),
                error: (status == Status::Failed).then_some(outcome.how),
            },
        }));
        tasks.tell(SystemMessage::TaskNotification(TaskNotificationMessage {
            task_id: new.id.clone(),
            tool_use_id: new.tool_use_id.clone(),
            status: status.name(),
            output_file: new.log.path().to_string_lossy().into_owned(),
            summary,
            usage: self.usage(),
        }));
        tasks.tell(list(&all));
        drop(all);
        tasks.changed.notify_waiters();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.task.is_running() {
            let how = "ended unexpectedly".to_owned();
            self.end(Outcome { status: Status::Failed, exit_code: None, how });
        }
    }
}

impl Drop for Movable<'_> {
    fn drop(&mut self) {
        lock(&self.tasks.all).movable.retain(|(id, _)| id != self.tool_use_id);
    }
}

#[cfg(test)]
#[path = "task_tests.rs"]
mod tests;
