#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::emit::Outbox;

struct Scene {
    tasks: Arc<Tasks>,
    cancel: CancellationToken,
    dir: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let (clock, cancel) = (Clock::manual(), CancellationToken::new());
        let emitter = Emitter::new(Arc::new(Outbox::default()), "s".into(), clock.clone(), false);
        let tasks = Arc::new(Tasks::new(emitter, clock, cancel.clone()));
        Self { tasks, cancel, dir: tempfile::tempdir().unwrap() }
    }

    fn begin(&self) -> Handle {
        let id = new_id();
        let log = Arc::new(Log::create(self.dir.path().join(&id)).unwrap());
        self.tasks.begin(NewTask {
            id,
            kind: "local_bash",
            description: "Try".into(),
            command: Some("true".into()),
            tool_use_id: "t".into(),
            log,
        })
    }
}

fn completed() -> Outcome {
    Outcome { status: Status::Completed, exit_code: Some(0), how: "completed".into() }
}

#[tokio::test]
async fn a_task_is_running_until_it_is_finished_and_known_for_ever() {
    let scene = Scene::new();
    let handle = scene.begin();
    let task = Arc::clone(handle.task());
    assert!(task.is_running());
    assert_eq!(scene.tasks.running().len(), 1);
    handle.finish(completed());
    task.ended().await;
    assert_eq!(task.state(), State { status: Status::Completed, exit_code: Some(0) });
    assert!(scene.tasks.running().is_empty());
    assert!(scene.tasks.get(&task.new.id).is_some());
    assert!(!scene.tasks.stop(&task.new.id, Stopper::Host));
}

#[tokio::test]
async fn news_are_of_those_ends_that_the_model_did_not_ask_for() {
    for (stopper, noticed, wakes) in
        [(None, true, true), (Some(Stopper::Host), true, false), (Some(Stopper::Model), false, false)]
    {
        let scene = Scene::new();
        assert!(!scene.tasks.news().await, "nothing runs");
        let handle = scene.begin();
        if let Some(stopper) = stopper {
            assert!(scene.tasks.stop(&handle.task().new.id, stopper));
            assert!(handle.task().stop.is_cancelled());
        }
        handle.finish(completed());
        assert_eq!(scene.tasks.news().await, wakes, "{stopper:?}");
        assert_eq!(scene.tasks.take_notices().len(), usize::from(noticed), "{stopper:?}");
        assert!(scene.tasks.take_notices().is_empty(), "told once");
    }
}

#[tokio::test]
async fn what_the_model_has_seen_it_is_not_told() {
    let scene = Scene::new();
    let (one, two) = (scene.begin(), scene.begin());
    let id = one.task().new.id.clone();
    one.finish(completed());
    two.finish(completed());
    scene.tasks.forget_notice(&id);
    let left = scene.tasks.take_notices();
    assert_eq!(left.len(), 1);
    assert_ne!(left[0].task_id, id);
}

#[test]
fn no_task_ends_in_silence() {
    let scene = Scene::new();
    let task = Arc::clone(scene.begin().task());
    assert_eq!(task.state(), State { status: Status::Failed, exit_code: None });
    assert_eq!(scene.tasks.take_notices()[0].summary, "Background command \"Try\" ended unexpectedly");
}

#[test]
fn all_tasks_end_with_the_query() {
    let scene = Scene::new();
    let handle = scene.begin();
    scene.cancel.cancel();
    assert!(handle.task().stop.is_cancelled());
}

#[test]
fn only_calls_that_run_can_be_moved() {
    let tasks = Scene::new().tasks;
    assert!(!tasks.move_to_background(None));
    let (one, two) = (tasks.movable("one"), tasks.movable("two"));
    assert!(!tasks.move_to_background(Some("three")));
    assert!(tasks.move_to_background(Some("two")));
    assert!(two.moved.is_cancelled() && !one.moved.is_cancelled());
    drop(two);
    assert!(!tasks.move_to_background(Some("two")));
    assert!(tasks.move_to_background(None));
    assert!(one.moved.is_cancelled());
}
