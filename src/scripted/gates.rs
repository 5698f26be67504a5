//! Gates: places where replies wait until a test lets them go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// All gates of one server, made on first mention.
#[derive(Default)]
pub struct Gates {
    gates: Mutex<HashMap<String, Arc<Gate>>>,
}

struct Gate {
    open: watch::Sender<bool>,
    reached: watch::Sender<usize>,
}

impl Gates {
    fn gate(&self, name: &str) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.get(name) {
            return Arc::clone(gate);
        }
        let gate = Arc::new(Gate { open: watch::Sender::new(false), reached: watch::Sender::new(0) });
        gates.insert(name.to_owned(), Arc::clone(&gate));
        gate
    }

    /// Opens a gate for every reply that waits there and for all that come later.
    pub fn open(&self, name: &str) {
        self.gate(name).open.send_replace(true);
    }

    /// Opens every gate and forgets them all.
    pub fn clear(&self) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, gate) in gates.drain() {
            gate.open.send_replace(true);
        }
    }

    /// Resolves when `count` replies have reached the gate, or when the server closes.
    pub async fn wait(&self, name: &str, count: usize, closed: &CancellationToken) {
        let gate = self.gate(name);
        let mut reached = gate.reached.subscribe();
        tokio::select! {
            biased;
            _ = reached.wait_for(|seen| *seen >= count) => {}
            () = closed.cancelled() => {}
        }
    }

    /// A reply's side: announces its arrival and waits until the gate is open or the server closes.
    pub async fn pass(&self, name: &str, closed: &CancellationToken) {
        let gate = self.gate(name);
        let mut open = gate.open.subscribe();
        gate.reached.send_modify(|seen| *seen += 1);
        tokio::select! {
            biased;
            () = closed.cancelled() => {}
            _ = open.wait_for(|open| *open) => {}
        }
    }
}
