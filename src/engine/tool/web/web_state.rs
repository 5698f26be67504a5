//! What the web tools of one session remember: pages for a while, and how often was searched.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Pages that are kept at a time.
const MOST_PAGES: usize = 64;
/// Bytes of text that are kept at a time.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// A page that was fetched.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it was found in the end.
    pub url: String,
    /// The status code.
    pub code: u16,
    /// Its words.
    pub reason: &'static str,
    /// Bytes of its body.
    pub bytes: usize,
    /// Whether the body was larger than what was read.
    pub cut: bool,
    /// Its text.
    pub text: String,
}

/// The memory of one session.
#[derive(Debug, Default)]
pub struct WebState {
    pages: Mutex<HashMap<String, (Duration, Arc<Page>)>>,
    searches: AtomicU64,
}

impl WebState {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, (Duration, Arc<Page>)>) -> T) -> T {
        work(&mut self.pages.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The page behind `url`, if it was fetched lately. `now` is the engine's clock.
    pub fn cached(&self, url: &str, now: Duration) -> Option<Arc<Page>> {
        self.with(|pages| {
            let (until, page) = pages.get(url)?;
            (*until > now).then(|| Arc::clone(page))
        })
    }

    /// Keeps a page for a while.
    pub fn keep(&self, url: String, page: Arc<Page>, now: Duration, ttl: Duration) {
        self.with(|pages| {
            pages.retain(|_, (until, _)| *until > now);
            let mut bytes = page.text.len() + pages.values().map(|(_, page)| page.text.len()).sum::<usize>();
            while pages.len() >= MOST_PAGES || (bytes > MOST_BYTES && !pages.is_empty()) {
                let oldest = pages.iter().min_by_key(|(_, (until, _))| *until).map(|(url, _)| url.clone());
                let Some((_, gone)) = oldest.and_then(|url| pages.remove(&url)) else { break };
                bytes -= gone.text.len();
            }
            pages.insert(url, (now + ttl, page));
        });
    }

    /// Counts one search; `false` when there have been `most` already.
    pub fn may_search(&self, most: u64) -> bool {
        let count = |so_far: u64| (so_far < most).then_some(so_far + 1);
        self.searches.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count).is_ok()
    }
}

#[cfg(test)]
#[path = "web_state_tests.rs"]
mod tests;
