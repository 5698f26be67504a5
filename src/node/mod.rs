//! The binding: the only code that knows napi. Everything crosses as JSON text.

#[cfg(feature = "scripted")]
mod bare;
mod engine;
mod error;
mod host;
mod query;
#[cfg(feature = "scripted")]
mod scripted;

/// Worker threads of the runtime that all environments of the process share: one a core within these bounds. More than
/// there are cores only hand work back and forth.
const WORKERS: std::ops::RangeInclusive<usize> = 2..=4;

/// Bounds the runtime before anything uses it.
#[napi_derive::module_init]
fn init() {
    let cores = std::thread::available_parallelism().map_or(*WORKERS.start(), usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(*WORKERS.start(), *WORKERS.end()))
        .thread_name("native-agent-sdk")
        .enable_all()
        .build();
    // Without a runtime of ours napi makes its own on first use.
    if let Ok(runtime) = runtime {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}
