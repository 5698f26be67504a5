//! One reply as it streams in.

use super::event::{Event, StreamEvent};
use super::failure::{ApiFailure, FailureKind};
use super::sse::{Name, SseFault, SseParser};
use crate::engine::clock::Clock;
use crate::engine::io::http::{HttpLease, describe};
use std::collections::VecDeque;
use std::time::Duration;

/// How long the end of the body may take after `message_stop` before its connection is given up.
const DRAIN_TIME: Duration = Duration::from_millis(250);
/// How much may follow `message_stop` before its connection is given up.
const DRAIN_BYTES: usize = 64 * 1024;

/// The events of one reply. Dropping it aborts the HTTP request.
#[derive(Debug)]
pub struct ModelStream {
    request_id: Option<String>,
    headers: Vec<(String, String)>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Ready(VecDeque<Result<StreamEvent, ApiFailure>>),
    Http(Box<HttpSource>),
    Done,
}

/// A body of server-sent events that is being read.
#[derive(Debug)]
pub(super) struct HttpSource {
    pub(super) response: reqwest::Response,
    /// Counts as a request in flight while the body is read.
    pub(super) _lease: HttpLease,
    pub(super) clock: Clock,
    /// The longest silence between two chunks.
    pub(super) idle: Duration,
    pub(super) parser: SseParser,
    pub(super) seen: bool,
    pub(super) stopped: bool,
}

impl ModelStream {
    /// A stream of events that are there already.
    pub fn from_events(
        request_id: Option<String>,
        events: impl IntoIterator<Item = Result<StreamEvent, ApiFailure>>,
    ) -> Self {
        Self { request_id, headers: Vec::new(), source: Source::Ready(events.into_iter().collect()) }
    }

    pub(super) fn from_http(source: HttpSource) -> Self {
        Self { request_id: None, headers: Vec::new(), source: Source::Http(Box::new(source)) }
    }

    pub(super) fn with_head(self, request_id: Option<String>, headers: Vec<(String, String)>) -> Self {
        Self { request_id, headers, ..self }
    }

    /// The API's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The answer's headers about rate limits, names in lower case.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The next event, if it has arrived already; says nothing about the end.
    pub fn ready(&mut self) -> Option<Result<StreamEvent, ApiFailure>> {
        let item = match &mut self.source {
            Source::Ready(events) => events.pop_front(),
            Source::Http(source) => source.arrived(),
            Source::Done => None,
        };
        item.map(|item| self.handed_out(item))
    }

    /// The next event; `None` after `message_stop` or after an error. Can be cancelled and called again.
    ///
    /// Call it until it returns `None`: only a reply read to its end leaves its connection for the next request.
    pub async fn next(&mut self) -> Option<Result<StreamEvent, ApiFailure>> {
        let item = match &mut self.source {
            Source::Ready(events) => events.pop_front(),
            Source::Http(source) => source.next().await,
            Source::Done => None,
        };
        if item.is_none() {
            self.source = Source::Done;
        }
        item.map(|item| self.handed_out(item))
    }

    /// An error ends the stream and names the request.
    fn handed_out(&mut self, item: Result<StreamEvent, ApiFailure>) -> Result<StreamEvent, ApiFailure> {
        item.map_err(|failure| {
            self.source = Source::Done;
            let request_id = failure.request_id.clone().or_else(|| self.request_id.clone());
            ApiFailure { request_id, ..failure }
        })
    }
}

impl HttpSource {
    async fn next(&mut self) -> Option<Result<StreamEvent, ApiFailure>> {
        if self.stopped {
            self.drain().await;
            return None;
        }
        loop {
            if let Some(item) = self.arrived() {
                return Some(item);
            }
            if let Err(failure) = self.read().await {
                return Some(Err(ApiFailure { partial: self.seen, ..failure }));
            }
        }
    }

    /// The next event of the chunks that are here.
    fn arrived(&mut self) -> Option<Result<StreamEvent, ApiFailure>> {
        while !self.stopped {
            let parsed = match self.parser.next()? {
                Ok(event) => parse(event.name, event.data),
                Err(fault) => Err(unreadable(fault)),
            };
            match parsed {
                Ok(None) => {}
                Ok(Some(event)) => {
                    self.seen = true;
                    self.stopped = event.event == Event::MessageStop;
                    return Some(Ok(event));
                }
                Err(failure) => return Some(Err(ApiFailure { partial: self.seen, ..failure })),
            }
        }
        None
    }

    /// Waits for the next chunk and gives it to the parser.
    async fn read(&mut self) -> Result<(), ApiFailure> {
        match next_chunk(&mut self.response, &self.clock, self.idle).await? {
            Some(chunk) => {
                self.parser.push(&chunk);
                Ok(())
            }
            None => Err(ApiFailure::new(
                FailureKind::Connection,
                "the connection was closed before the reply was complete",
            )),
        }
    }

    /// Reads what follows `message_stop`, normally nothing, so that the connection can be used again.
    async fn drain(&mut self) {
        let mut left = DRAIN_BYTES;
        while let Ok(Some(chunk)) = next_chunk(&mut self.response, &self.clock, DRAIN_TIME).await {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    }
}

/// The next chunk of a body, `None` at its end; a silence of `idle` is a failure.
pub(super) async fn next_chunk(
    response: &mut reqwest::Response,
    clock: &Clock,
    idle: Duration,
) -> Result<Option<bytes::Bytes>, ApiFailure> {
    tokio::select! {
        biased;
        chunk = response.chunk() => chunk.map_err(|error| {
            let kind = if error.is_timeout() { FailureKind::Timeout } else { FailureKind::Connection };
            ApiFailure::new(kind, format!("the connection broke while the reply was read: {}", describe(&error)))
        }),
        () = clock.sleep(idle) => Err(ApiFailure::new(
            FailureKind::Timeout,
            format!("the API sent nothing for {} s in the middle of a reply", idle.as_secs_f64()),
        )),
    }
}

/// The event in one piece of data; `None` for a ping.
pub(super) fn parse(name: Name, data: Box<str>) -> Result<Option<StreamEvent>, ApiFailure> {
    match name {
        Name::Ping => Ok(None),
        Name::Other => StreamEvent::parse(data),
        Name::Error => Err(match StreamEvent::parse(data.clone()) {
            Err(failure) if failure.kind != FailureKind::Garbage => failure,
            Ok(_) | Err(_) => ApiFailure::from_error_event(&serde_json::from_str(&data).unwrap_or_default()),
        }),
    }
}

pub(super) fn unreadable(fault: SseFault) -> ApiFailure {
    let text = match fault {
        SseFault::TooLarge => "an event of the reply is larger than 64 MB",
        SseFault::NotUtf8 => "the reply is not UTF-8",
    };
    ApiFailure::new(FailureKind::Garbage, text)
}
