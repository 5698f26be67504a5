//! Bare round trips to JavaScript and back: what `npm run bench` compares hooks with.

use crate::engine::clock::Clock;
use napi::bindgen_prelude::{AsyncBlock, AsyncBlockBuilder, Function, Promise};
use napi::threadsafe_function::ThreadsafeFunction;
use napi::{Env, Status};
use napi_derive::napi;
use std::sync::Arc;

type Callback = ThreadsafeFunction<String, Promise<String>, String, Status, false, true>;

/// A callback that returns a promise, and nothing around it.
#[napi]
pub struct NativeBareTrip {
    callback: Arc<Callback>,
}

#[napi]
impl NativeBareTrip {
    /// `callback` is what is called.
    #[napi(constructor)]
    pub fn new(callback: Function<'_, String, Promise<String>>) -> napi::Result<Self> {
        let callback = callback.build_threadsafe_function().weak::<true>().build()?;
        Ok(Self { callback: Arc::new(callback) })
    }

    /// Calls it one time after the other from a thread of the engine and awaits its promise; how many microseconds each took.
    #[napi]
    pub fn take(&self, env: &Env, times: u32) -> napi::Result<AsyncBlock<Vec<f64>>> {
        let callback = Arc::clone(&self.callback);
        AsyncBlockBuilder::new(async move {
            // On a worker, as the engine's own questions are asked.
            let measured = tokio::spawn(async move {
                let clock = Clock::real();
                let mut taken = Vec::with_capacity(times as usize);
                for _ in 0..times {
                    let began = clock.elapsed();
                    callback.call_async(String::new()).await?.await?;
                    taken.push((clock.elapsed() - began).as_secs_f64() * 1e6);
                }
                Ok(taken)
            });
            measured.await.map_err(|error| napi::Error::new(Status::GenericFailure, error.to_string()))?
        })
        .build(env)
    }
}
