//! The binding: the only code that knows napi. Everything crosses as JSON text.

mod arrivals;
#[cfg(feature = "scripted")]
mod bare;
mod engine;
mod error;
mod host;
mod linger;
mod query;
#[cfg(feature = "scripted")]
mod scripted;

/// Worker threads of the runtime that all environments of the process share: one a core within these bounds, less one for
/// JavaScript's own thread. More than can run at once only hand work back and forth.
const WORKERS: std::ops::RangeInclusive<usize> = 1..=4;

/// Bounds the runtime before anything uses it.
#[napi_derive::module_init]
fn init() {
    let cores = std::thread::available_parallelism().map_or(*WORKERS.start(), usize::from);
    let workers = cores.saturating_sub(1).clamp(*WORKERS.start(), *WORKERS.end());
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    // With one core the callback could not even run meanwhile.
    if cores > 1 {
        builder.on_thread_park(linger::before_sleep);
    }
    let runtime = builder.worker_threads(workers).thread_name("native-agent-sdk").enable_all().build();
    // Without a runtime of ours napi makes its own on first use.
    if let Ok(runtime) = runtime {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}
