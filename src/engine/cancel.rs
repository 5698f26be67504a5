//! Cancellation as one phrase: `future.or_cancel(&token).await`.

use std::future::Future;
use tokio_util::sync::CancellationToken;

/// The token was cancelled before the future settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

/// Extension that ends any await when a token is cancelled.
pub trait OrCancel: Future + Sized {
    /// Resolves to the future's output, or to `Err(Cancelled)` as soon as `token` is cancelled.
    ///
    /// Biased to the cancel arm: a cancelled token wins over a ready future, so that nothing starts after a cancel.
    fn or_cancel(self, token: &CancellationToken) -> impl Future<Output = Result<Self::Output, Cancelled>> {
        async move {
            tokio::select! {
                biased;
                () = token.cancelled() => Err(Cancelled),
                output = self => Ok(output),
            }
        }
    }
}

impl<F: Future> OrCancel for F {}
