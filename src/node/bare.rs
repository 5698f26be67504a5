//! A bare round trip to JavaScript and back: what `npm run bench` compares hooks with.

use super::engine::NativeEngine;
use crate::engine::clock::Clock;
use napi::bindgen_prelude::{AsyncBlock, AsyncBlockBuilder, Function, Promise};
use napi::{Env, Status};
use napi_derive::napi;

#[napi]
impl NativeEngine {
    /// Calls `callback` one time after the other from a thread of the engine and awaits the promise it returns; how many
    /// microseconds each took.
    #[napi]
    pub fn bare_round_trips(
        &self,
        env: &Env,
        callback: Function<'_, String, Promise<String>>,
        times: u32,
    ) -> napi::Result<AsyncBlock<Vec<f64>>> {
        let callback = callback.build_threadsafe_function().build()?;
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
