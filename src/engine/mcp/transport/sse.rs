//! The transport of 2024-11-05: one stream of events from the server, one POST for each message to it.

use super::client::{Refusal, classify};
use super::connection::{Ended, Failure};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Response, Url};
use rmcp::service::{RoleClient, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use std::sync::Arc;

/// One event may not be larger than this.
const MAX_EVENT: usize = 16 * 1024 * 1024;

/// An open stream, and where messages go.
pub struct SseTransport {
    client: Client,
    headers: HeaderMap,
    endpoint: Url,
    events: Events,
}

impl SseTransport {
    /// Opens the stream and waits for the address that the server gives for messages.
    pub async fn open(client: Client, url: Url, headers: HeaderMap, ended: Ended) -> Result<Self, Failure> {
        let request = client.get(url.clone()).headers(headers.clone()).header(ACCEPT, "text/event-stream");
        let response = request.send().await.and_then(Response::error_for_status).map_err(|e| classify(&e))?;
        let kind =
            response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("text/event-stream") {
            return Err(Failure::Refused(format!("it answered with {kind:?}, not with a stream of events")));
        }
        let mut events = Events { response, parser: Parser::default(), ended: Arc::clone(&ended) };
        let address = loop {
            match events.next().await {
                Some(event) if event.name == "endpoint" => break event.data,
                Some(_) => {}
                None => {
                    let short = || "its stream ended before it said where messages go".to_owned();
                    return Err(Failure::Gone(ended.get().cloned().unwrap_or_else(short)));
                }
            }
        };
        let bad = || {
            Failure::Refused(format!("it wants messages at {address:?}, which is not an address of its own"))
        };
        let endpoint = url.join(&address).map_err(|_| bad())?;
        // Headers hold tokens for this server: they go to no other.
        if endpoint.origin() != url.origin() {
            return Err(bad());
        }
        Ok(Self { client, headers, endpoint, events })
    }
}

impl Transport<RoleClient> for SseTransport {
    type Error = Refusal;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let request = self.client.post(self.endpoint.clone()).headers(self.headers.clone());
        async move {
            let body =
                serde_json::to_vec(&item).map_err(|error| Refusal(Failure::Refused(error.to_string())))?;
            let request = request.header(CONTENT_TYPE, "application/json").body(body);
            let answer = request.send().await.and_then(Response::error_for_status);
            answer.map(drop).map_err(|error| Refusal(classify(&error)))
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        loop {
            let event = self.events.next().await?;
            // What is no message is garbage of the server; the next event may be one.
            if matches!(event.name.as_str(), "" | "message")
                && let Ok(message) = serde_json::from_str(&event.data)
            {
                return Some(message);
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// The events of a stream. Waiting for the next one may be given up at any time without losing any.
struct Events {
    response: Response,
    parser: Parser,
    ended: Ended,
}

impl Events {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.parser.next() {
                return Some(event);
            }
            match self.response.chunk().await {
                Ok(Some(bytes)) if self.parser.held() + bytes.len() <= MAX_EVENT => self.parser.push(&bytes),
                Ok(Some(_)) => {
                    let _ = self.ended.set("it sent an event of more than 16 MiB".to_owned());
                    return None;
                }
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

/// One event.
#[derive(Debug, PartialEq)]
struct Event {
    name: String,
    data: String,
}

/// Takes bytes in any portions, gives events. No byte is looked at twice.
#[derive(Default)]
struct Parser {
    buffer: Vec<u8>,
    /// Where the line begins that is not complete yet.
    start: usize,
    /// Up to where there is no end of it.
    searched: usize,
    name: String,
    data: Option<String>,
}

impl Parser {
    fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes of the event that is not complete yet.
    fn held(&self) -> usize {
        self.buffer.len() - self.start + self.data.as_ref().map_or(0, String::len)
    }

    fn next(&mut self) -> Option<Event> {
        while let Some(length) = memchr::memchr(b'\n', &self.buffer[self.searched..]) {
            let end = self.searched + length;
            let line = String::from_utf8_lossy(&self.buffer[self.start..end]);
            let line = line.trim_end_matches('\r');
            self.start = end + 1;
            self.searched = self.start;
            if line.is_empty() {
                let name = std::mem::take(&mut self.name);
                match self.data.take() {
                    Some(data) => return Some(Event { name, data }),
                    None => continue,
                }
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match (field, &mut self.data) {
                ("event", _) => value.clone_into(&mut self.name),
                ("data", None) => self.data = Some(value.to_owned()),
                ("data", Some(data)) => {
                    data.push('\n');
                    data.push_str(value);
                }
                _ => {}
            }
        }
        self.searched = self.buffer.len();
        None
    }
}

#[cfg(test)]
#[path = "sse_tests.rs"]
mod tests;
