//! The binding: the only code that knows napi. Everything crosses as JSON text.

mod engine;
mod error;
mod host;
mod query;
#[cfg(feature = "scripted")]
mod scripted;

/// Worker threads of the runtime that all environments of the process share.
const WORKERS: usize = 4;

/// Bounds the runtime before anything uses it.
#[napi_derive::module_init]
fn init() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("native-agent-sdk")
        .enable_all()
        .build();
    // Without a runtime of ours napi makes its own on first use.
    if let Ok(runtime) = runtime {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}
