//! Leads progress notifications of the embedder's servers to the calls that wait for them.

use super::connection::Progress;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The calls under way, by number.
#[derive(Default)]
pub struct ProgressTable {
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, Progress>>,
}

/// A place in the table; dropping it gives it up.
pub struct Ticket {
    number: u64,
    table: Arc<ProgressTable>,
}

impl ProgressTable {
    /// Gives a call its number.
    pub fn issue(self: &Arc<Self>, progress: Progress) -> Ticket {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(number, progress);
        Ticket { number, table: Arc::clone(self) }
    }

    /// Hands a notification on, unless its call is over.
    pub fn report(&self, number: u64, params: &Value) {
        let progress = self.lock().get(&number).map(Arc::clone);
        if let Some(progress) = progress {
            progress(params);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Progress>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// The number.
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.table.lock().remove(&self.number);
    }
}
