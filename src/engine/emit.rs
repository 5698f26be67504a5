//! The one place through which messages leave: stamps them, and queues them for the consumer.

use crate::engine::clock::{Clock, new_uuid};
use crate::engine::error::EngineError;
use crate::engine::message::sdk::{InformationalMessage, SdkMessage, SystemMessage};
use crate::engine::model::DeltaKind;
use serde::Serialize;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// At most this many items travel in one batch.
const BATCH_ITEMS: usize = 256;
/// A batch ends at the first item that takes it over this many bytes.
const BATCH_BYTES: usize = 256 * 1024;
/// Above this many waiting bytes the model stream is paused until the consumer has caught up.
const HIGH_WATER_BYTES: usize = 4 * 1024 * 1024;

/// Messages on their way to the consumer, each as final JSON text.
#[derive(Debug, Default)]
pub struct Outbox {
    state: Mutex<State>,
    arrived: Notify,
    taken: Notify,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<String>,
    bytes: usize,
    end: Option<End>,
    /// The run is being polled: whoever polls wakes the consumer afterwards.
    polled: bool,
    waiting: Option<Waiting>,
}

/// What is called when there is something to take.
struct Waiting(Box<dyn FnOnce() + Send>);

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

/// How the stream of messages ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// All turns are done, or the consumer closed the query.
    Done,
    /// The consumer gets this error thrown.
    Failed(EngineError),
}

/// One batch for the consumer.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// A JSON array of items: messages as objects, plain deltas as `[uuid, index, kind, text]`.
    pub items: String,
    /// Set on the last batch.
    pub end: Option<End>,
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues an item. While the run is polled a waiting consumer is left asleep until there is a full batch: many
    /// deltas arrive at once, and a crossing for each would cost more than the rest of the way.
    fn push(&self, item: String) {
        let mut state = self.lock();
        if state.end.is_none() {
            state.bytes += item.len();
            state.items.push_back(item);
            let wake = !state.polled || state.items.len() >= BATCH_ITEMS;
            drop(state);
            if wake {
                self.announce();
            }
        }
    }

    fn flush(&self) {
        if !self.lock().items.is_empty() {
            self.announce();
        }
    }

    /// Wakes whoever waits.
    fn announce(&self) {
        let waiting = self.lock().waiting.take();
        self.arrived.notify_one();
        if let Some(Waiting(ready)) = waiting {
            ready();
        }
    }

    /// Polls `run` to its end and wakes the consumer whenever it has to wait, not at each message: the consumer's
    /// thread is then busy while the run waits anyway, and gets what belongs together in one crossing.
    pub async fn wake_between_polls<F: Future>(&self, run: F) -> F::Output {
        let mut run = std::pin::pin!(run);
        std::future::poll_fn(|context| {
            self.lock().polled = true;
            let _after = AfterPoll(self);
            run.as_mut().poll(context)
        })
        .await
    }

    /// Ends the stream; the first end counts. `discard` drops what was not taken yet.
    pub fn close(&self, end: End, discard: bool) {
        let mut state = self.lock();
        if discard {
            state.items.clear();
            state.bytes = 0;
        }
        state.end.get_or_insert(end);
        drop(state);
        self.announce();
        self.taken.notify_waiters();
    }

    /// Waits for messages and takes up to one batch of them. Only one consumer may wait at a time.
    pub async fn pull(&self) -> Batch {
        loop {
            let arrived = self.arrived.notified();
            if let Some(batch) = self.take() {
                return batch;
            }
            arrived.await;
        }
    }

    /// Calls `ready` once, when there is something to take: now, or on the thread that brings it, which must not be held
    /// up. For a consumer on a thread of its own, who needs no task to wait in. Replaces one that still waits.
    pub fn when_ready(&self, ready: impl FnOnce() + Send + 'static) {
        let mut state = self.lock();
        if state.items.is_empty() && state.end.is_none() {
            state.waiting = Some(Waiting(Box::new(ready)));
            return;
        }
        drop(state);
        ready();
    }

    /// Takes up to one batch; `None` when nothing has come.
    pub fn take(&self) -> Option<Batch> {
        let batch = self.take_quietly();
        if batch.is_some() {
            self.taken.notify_waiters();
        }
        batch
    }

    fn take_quietly(&self) -> Option<Batch> {
        let mut state = self.lock();
        if state.items.is_empty() && state.end.is_none() {
            return None;
        }
        let mut items = String::from("[");
        for _ in 0..BATCH_ITEMS {
            let Some(item) = state.items.pop_front() else { break };
            state.bytes -= item.len();
            if items.len() > 1 {
                items.push(',');
            }
            items.push_str(&item);
            if items.len() > BATCH_BYTES {
                break;
            }
        }
        items.push(']');
        let end = if state.items.is_empty() { state.end.clone() } else { None };
        Some(Batch { items, end })
    }

    /// Waits until the consumer has caught up, so that a slow consumer slows the stream instead of filling memory.
    pub async fn room(&self) {
        loop {
            let taken = self.taken.notified();
            {
                let state = self.lock();
                if state.bytes < HIGH_WATER_BYTES || state.end.is_some() {
                    return;
                }
            }
            taken.await;
        }
    }
}

/// Ends a poll of the run, also one that panics.
struct AfterPoll<'a>(&'a Outbox);

impl Drop for AfterPoll<'_> {
    fn drop(&mut self) {
        self.0.lock().polled = false;
        self.0.flush();
    }
}

/// Stamps and queues the messages of one session.
#[derive(Debug, Clone)]
pub struct Emitter {
    outbox: Arc<Outbox>,
    session_id: Arc<str>,
    clock: Clock,
    partial: bool,
}

#[derive(Serialize)]
struct Stamped<'a> {
    #[serde(flatten)]
    message: &'a SdkMessage,
    uuid: &'a str,
    session_id: &'a str,
}

impl Emitter {
    /// An emitter for `session_id`; `partial` says whether stream events are wanted.
    pub fn new(outbox: Arc<Outbox>, session_id: Arc<str>, clock: Clock, partial: bool) -> Self {
        Self { outbox, session_id, clock, partial }
    }

    /// Whether the consumer asked for stream events.
    pub fn partial(&self) -> bool {
        self.partial
    }

    /// The current time for messages that carry one.
    pub fn timestamp(&self) -> String {
        self.clock.timestamp()
    }

    /// Stamps and queues one message; returns its uuid.
    pub fn emit(&self, message: &SdkMessage) -> String {
        let uuid = new_uuid();
        self.emit_as(message, &uuid);
        uuid
    }

    /// Stamps and queues one message that has its uuid already.
    pub fn emit_as(&self, message: &SdkMessage, uuid: &str) {
        let stamped = Stamped { message, uuid, session_id: &self.session_id };
        match serde_json::to_string(&stamped) {
            Ok(json) => self.outbox.push(json),
            // Every field is a string, a number or JSON already, so this is a bug: let the supervisor report it.
            Err(error) => self.outbox.close(
                End::Failed(EngineError::new(
                    crate::engine::error::ErrorKind::InternalError,
                    format!("a message could not be serialised: {error}"),
                )),
                false,
            ),
        }
    }

    /// Tells people a text that the model does not see.
    pub fn inform(&self, content: impl Into<String>, level: &'static str) {
        let message = InformationalMessage { content: content.into(), level };
        self.emit(&SdkMessage::System(SystemMessage::Informational(message)));
    }

    /// Warns people of something that the model does not see.
    pub fn warn(&self, content: impl Into<String>) {
        self.inform(content, "warning");
    }

    /// Queues a plain content delta in its short form.
    pub fn emit_delta(&self, index: usize, kind: DeltaKind, text: &str) {
        let mut item = String::with_capacity(text.len() + 56);
        let mut buffer = uuid::Uuid::encode_buffer();
        let uuid = uuid::Uuid::new_v4();
        let uuid = uuid.hyphenated().encode_lower(&mut buffer);
        // Writing to a String cannot fail.
        let _ = write!(item, "[\"{uuid}\",{index},{},", kind as u8);
        if let Ok(quoted) = serde_json::to_string(text) {
            item.push_str(&quoted);
        }
        item.push(']');
        self.outbox.push(item);
    }

    /// Waits until the consumer has caught up.
    pub async fn room(&self) {
        self.outbox.room().await;
    }
}

#[cfg(test)]
#[path = "emit_tests.rs"]
mod tests;
