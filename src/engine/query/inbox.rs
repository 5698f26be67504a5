//! User messages that wait for their turn, and the token of the turn that runs or comes next.

use crate::engine::message::input::UserInput;
use std::collections::VecDeque;
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
    waiting: VecDeque<UserInput>,
    open: bool,
    running: bool,
    /// Of the running turn, else of the next one: an interrupt that comes before the first message is read counts.
    turn: CancellationToken,
}

impl Inbox {
    /// An open inbox of the query whose token is `query`.
    pub fn new(query: CancellationToken) -> Self {
        let turn = query.child_token();
        let state = State { waiting: VecDeque::new(), open: true, running: false, turn };
        Self { state: Mutex::new(state), changed: Notify::new(), query }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a message; `false` when the inbox is closed.
    pub fn push(&self, input: UserInput) -> bool {
        let mut state = self.lock();
        if state.open {
            state.waiting.push_back(input);
        }
        let open = state.open;
        drop(state);
        self.changed.notify_one();
        open
    }

    /// No more messages.
    pub fn close(&self) {
        self.lock().open = false;
        self.changed.notify_one();
    }

    /// The next message and the token of its turn; `None` when the inbox is closed and empty.
    pub async fn next(&self) -> Option<(UserInput, CancellationToken)> {
        loop {
            let changed = self.changed.notified();
            {
                let mut state = self.lock();
                if let Some(input) = state.waiting.pop_front() {
                    state.running = true;
                    return Some((input, state.turn.clone()));
                }
                if !state.open {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Begins a turn that no message of the user's asks for.
    pub fn begin(&self) -> (UserInput, CancellationToken) {
        let mut state = self.lock();
        state.running = true;
        (UserInput::empty(), state.turn.clone())
    }

    /// Whether no message waits and none can come.
    pub fn is_done(&self) -> bool {
        let state = self.lock();
        !state.open && state.waiting.is_empty()
    }

    /// The turn of the last message is over.
    pub fn turn_ended(&self) {
        let mut state = self.lock();
        state.running = false;
        state.turn = self.query.child_token();
    }

    /// How many messages wait.
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Cancels the running turn, or the one that is about to start; returns the ids of the messages that go on waiting.
    pub fn interrupt(&self) -> Vec<String> {
        let state = self.lock();
        let starting = !state.running && !state.waiting.is_empty();
        if state.running || starting {
            state.turn.cancel();
        }
        state.waiting.iter().skip(usize::from(starting)).map(|input| input.uuid.clone()).collect()
    }
}
