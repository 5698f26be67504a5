//! Says in the stream, now and then, that a long call is still running.

use super::ToolContext;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// How often a call that runs is heard of, and how long before the first time.
pub const EVERY: Duration = Duration::from_secs(5);

/// Awaits `work`, which is a part of a call of `tool` that began at `began` of the clock.
pub async fn told<T>(work: impl Future<Output = T>, tool: &str, began: Duration, cx: &ToolContext) -> T {
    told_of(work, tool, began, None, cx).await
}

/// The same for a call that waits for a background task.
pub async fn told_of<T>(
    work: impl Future<Output = T>,
    tool: &str,
    began: Duration,
    task: Option<&str>,
    cx: &ToolContext,
) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = cx.clock.sleep(EVERY) => {
                let elapsed = cx.clock.elapsed().saturating_sub(began);
                cx.tasks.tell_progress(&cx.tool_use_id, tool, elapsed, task);
            }
        }
    }
}
