//! What is kept of each request: the request itself, when it came, how it was answered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// A request that the server got. Times are microseconds since the server started.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CapturedRequest {
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case; values of a repeated header are joined by `, `.
    pub headers: BTreeMap<String, String>,
    /// The parsed body; null if it is no JSON or bodies are not recorded.
    pub body: Arc<Value>,
    /// The body's bytes as they came, empty if bodies are not recorded.
    #[serde(skip)]
    pub raw: Bytes,
    pub body_bytes: usize,
    /// When the head of the request had arrived.
    pub arrived_micros: u64,
    /// When the whole request had arrived.
    pub whole_micros: u64,
    /// When the first byte of the reply's body was handed to the socket.
    pub first_byte_micros: Option<u64>,
    /// When the last one was.
    pub done_micros: Option<u64>,
    /// From the whole request to the last byte of the reply.
    pub busy_micros: Option<u64>,
    pub status: Option<u16>,
    /// Index of the rule that answered.
    pub rule: Option<usize>,
    pub http_version: &'static str,
}

/// A request that should not have been sent: it broke a strict rule, or nothing in the scenario answers it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// Index in `requests()`.
    pub request: usize,
    /// Id of the strict rule, or `scenario.unmatched`, `scenario.expected_invalid`.
    pub rule: String,
    pub message: String,
}

/// One captured request while its answer is under way.
#[derive(Debug)]
pub struct Capture {
    request: CapturedRequest,
    first: AtomicU64,
    done: AtomicU64,
}

impl Capture {
    pub fn new(request: CapturedRequest) -> Self {
        Self { request, first: AtomicU64::new(0), done: AtomicU64::new(0) }
    }

    /// Notes that bytes were handed over, and whether they were the last.
    pub fn sent(&self, now: u64, last: bool) {
        let now = now.max(1);
        // The first and the last byte count once: later calls only follow the end of the stream.
        let _ = self.first.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        if last {
            let _ = self.done.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// The request as known by now.
    pub fn snapshot(&self) -> CapturedRequest {
        let mut request = self.request.clone();
        let time = |at: &AtomicU64| Some(at.load(Ordering::Relaxed)).filter(|at| *at > 0);
        request.first_byte_micros = time(&self.first);
        request.done_micros = time(&self.done);
        request.busy_micros = request.done_micros.map(|done| done.saturating_sub(request.whole_micros));
        request
    }
}
