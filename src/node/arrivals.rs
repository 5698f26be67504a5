//! Tells JavaScript that messages wait for it, and keeps its event loop alive until it has taken them.

use super::host::HostCall;
use napi::bindgen_prelude::{Either, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Status};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The news of all queries of one environment: its functions are made once, because making one for every batch takes
/// JavaScript longer than the batch.
pub struct Arrivals {
    host: Arc<HostCall>,
    /// The same callback behind a function of its own. Node makes the calls of one function one after the other while there
    /// are any, up to a thousand, and looks after nothing else: the news of a query therefore take one and the other in turn.
    other: HostCall,
    /// The same once more, never called: it keeps the event loop alive. Locked on JavaScript's thread alone, so that nobody
    /// ever waits for it.
    hold: Mutex<Hold>,
}

struct Hold {
    function: HostCall,
    /// How many queries somebody waits for.
    waiting: usize,
}

impl Arrivals {
    /// News by `host`, of which `callback` is the function.
    pub fn new(host: Arc<HostCall>, callback: &Function<'_, Either<String, u32>, ()>) -> napi::Result<Self> {
        let function = || callback.build_threadsafe_function().weak::<true>().build();
        Ok(Self { host, other: function()?, hold: Mutex::new(Hold { function: function()?, waiting: 0 }) })
    }

    fn held(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody waits: the event loop stays alive.
    #[expect(deprecated, reason = "what napi offers instead cannot be undone")]
    pub fn hold(&self, env: &Env) -> napi::Result<()> {
        let mut hold = self.held();
        hold.waiting += 1;
        if hold.waiting == 1 { hold.function.refer(env) } else { Ok(()) }
    }

    /// One less waits.
    #[expect(deprecated, reason = "as for `hold`")]
    pub fn release(&self, env: &Env) -> napi::Result<()> {
        let mut hold = self.held();
        hold.waiting = hold.waiting.saturating_sub(1);
        if hold.waiting == 0 { hold.function.unref(env) } else { Ok(()) }
    }

    /// Says that the query of that number has messages, for the `nth` time. On any thread; an environment that is going away
    /// does not hear it.
    pub fn announce(&self, query: u32, nth: usize) {
        let function = if nth.is_multiple_of(2) { &self.other } else { &*self.host };
        let _: Status = function.call(Either::B(query), ThreadsafeFunctionCallMode::NonBlocking);
    }
}
