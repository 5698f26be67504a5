//! The only doors to the machine: files, processes and HTTP.

pub mod files;
pub mod fs;
pub mod http;
pub mod process;
pub mod words;

/// Runs file work on the blocking pool, so that a slow disk never holds up other sessions.
///
/// A panic inside `work` comes back as an `io::Error`, not as a panic of the caller.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(std::io::Error::other(format!("file work failed: {error}"))),
    }
}
