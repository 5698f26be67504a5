//! User messages that wait for their turn, and the token of the turn that runs or comes next.

use crate::engine::message::input::{Priority, UserInput};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The queue of one query.
#[derive(Debug)]
pub struct Inbox {
    state: Mutex<State>,
    changed: Notify,
    query: CancellationToken,
}

#[derive(Debug)]
struct State {
    /// In the order of arrival.
    waiting: Vec<UserInput>,
    /// More is expected: an empty queue is not the end.
    open: bool,
    /// Nothing is read any more.
    ended: bool,
    running: bool,
    /// Of the running turn, else of the next one: an interrupt that comes before the first message is read counts.
    turn: CancellationToken,
    /// Of what runs before the first turn: an interrupt ends that too, whether or not a message waits for it.
    start: CancellationToken,
}

impl Inbox {
    /// An open inbox of the query whose token is `query`.
    pub fn new(query: CancellationToken) -> Self {
        let (turn, start) = (query.child_token(), query.child_token());
        let state = State { waiting: Vec::new(), open: true, ended: false, running: false, turn, start };
        Self { state: Mutex::new(state), changed: Notify::new(), query }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a message; `false` when nothing is read any more. One of priority `now` interrupts the running turn.
    pub fn push(&self, input: UserInput) -> bool {
        let mut state = self.lock();
        if state.ended {
            return false;
        }
        if state.running && input.queries() && input.priority() == Priority::Now {
            state.turn.cancel();
        }
        state.waiting.push(input);
        drop(state);
        self.changed.notify_one();
        true
    }

    /// No more messages are expected. Those that come while the last turn runs are read all the same.
    pub fn close(&self) {
        self.lock().open = false;
        self.changed.notify_one();
    }

    /// Nothing is read from now on.
    pub fn end(&self) {
        let mut state = self.lock();
        state.open = false;
        state.ended = true;
        drop(state);
        self.changed.notify_one();
    }

    /// What the next turn begins with, and its token: a message that asks for a turn, behind those that came before it
    /// and do not. `None` when there is nothing more to come, and from then on.
    pub async fn next(&self) -> Option<(Vec<UserInput>, CancellationToken)> {
        loop {
            let changed = self.changed.notified();
            {
                let mut state = self.lock();
                if let Some(next) = state.begin_next() {
                    return Some(next);
                }
                if !state.open {
                    state.ended = true;
                    return None;
                }
            }
            changed.await;
        }
    }

    /// The same while something else may still bring work: it waits although the inbox is closed.
    pub async fn arrived(&self) -> (Vec<UserInput>, CancellationToken) {
        loop {
            let changed = self.changed.notified();
            if let Some(next) = self.lock().begin_next() {
                return next;
            }
            changed.await;
        }
    }

    /// The token of what runs before the first turn.
    pub fn start(&self) -> CancellationToken {
        self.lock().start.clone()
    }

    /// Begins a turn that no message of the user's asks for.
    pub fn begin(&self) -> (Vec<UserInput>, CancellationToken) {
        let mut state = self.lock();
        state.running = true;
        (Vec::new(), state.turn.clone())
    }

    /// Whether no message waits and none can come.
    pub fn is_done(&self) -> bool {
        let state = self.lock();
        !state.open && state.waiting.is_empty()
    }

    /// What joins the running turn at its next step, in the order of arrival.
    pub fn join(&self) -> Vec<UserInput> {
        let mut state = self.lock();
        state.waiting.extract_if(.., |input| input.priority() != Priority::Later).collect()
    }

    /// The turn of the last message is over.
    pub fn turn_ended(&self) {
        let mut state = self.lock();
        state.running = false;
        state.turn = self.query.child_token();
    }

    /// Whether a turn runs.
    pub fn running(&self) -> bool {
        self.lock().running
    }

    /// How many messages wait for a turn.
    pub fn waiting(&self) -> usize {
        self.lock().waiting.iter().filter(|input| input.queries()).count()
    }

    /// Cancels the running turn, or the one that is about to start and what runs before it; returns the ids of the messages that go on waiting.
    pub fn interrupt(&self) -> Vec<String> {
        let state = self.lock();
        state.start.cancel();
        let starting = if state.running { None } else { state.first() };
        if state.running || starting.is_some() {
            state.turn.cancel();
        }
        let waits = |at: usize, input: &UserInput| {
            starting.is_none_or(|first| at > first || at < first && input.queries())
        };
        let waiting = state.waiting.iter().enumerate().filter(|(at, input)| waits(*at, input));
        waiting.map(|(_, input)| input.uuid.clone()).collect()
    }
}

impl State {
    fn begin_next(&mut self) -> Option<(Vec<UserInput>, CancellationToken)> {
        let first = self.first()?;
        self.running = true;
        Some((self.take(first), self.turn.clone()))
    }

    /// Where the message is whose turn comes next: the oldest of the most urgent ones.
    fn first(&self) -> Option<usize> {
        let asking = self.waiting.iter().enumerate().filter(|(_, input)| input.queries());
        asking.min_by_key(|(at, input)| (input.priority(), *at)).map(|(at, _)| at)
    }

    /// Takes that message, and before it the older ones that only go along.
    fn take(&mut self, first: usize) -> Vec<UserInput> {
        let mut at = 0;
        let taken = |input: &mut UserInput| {
            at += 1;
            at - 1 == first || (at <= first && !input.queries())
        };
        self.waiting.extract_if(.., taken).collect()
    }
}
