//! One reply as it streams in.

use super::event::StreamEvent;
use super::failure::ApiFailure;
use std::collections::VecDeque;

/// The events of one reply. Dropping it aborts the HTTP request.
#[derive(Debug)]
pub struct ModelStream {
    request_id: Option<String>,
    headers: Vec<(String, String)>,
    events: VecDeque<Result<StreamEvent, ApiFailure>>,
}

impl ModelStream {
    /// A stream of events that are there already.
    pub fn from_events(
        request_id: Option<String>,
        events: impl IntoIterator<Item = Result<StreamEvent, ApiFailure>>,
    ) -> Self {
        Self { request_id, headers: Vec::new(), events: events.into_iter().collect() }
    }

    /// The API's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The answer's headers about rate limits, names in lower case.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The next event; `None` after `message_stop` or after an error. Can be cancelled and called again.
    ///
    /// Call it until it returns `None`: only a reply read to its end leaves its connection for the next request.
    pub async fn next(&mut self) -> Option<Result<StreamEvent, ApiFailure>> {
        self.events.pop_front()
    }
}
