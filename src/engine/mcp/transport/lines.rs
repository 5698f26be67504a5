//! Watches the lines of a child for one that is too long: the transport behind drops it, and whoever waits for it is told.

use super::connection::Ended;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};

/// The longest line that counts, with its end.
pub const LONGEST: usize = 16 * 1024 * 1024;
/// A line this many times as long ends the connection: it is no message any more.
const ENDLESS: usize = 16;
/// Bytes of the beginning and of the end of a line that are kept: an id stands there.
const KEPT: usize = 96;

/// Passes on what it reads. After an answer that was too long comes an error for the request it belongs to; anything else
/// that is too long ends the connection.
pub struct Lines<R> {
    inner: R,
    ended: Ended,
    longest: usize,
    over: bool,
    length: usize,
    head: Vec<u8>,
    tail: Vec<u8>,
    /// To be passed on before anything else is read.
    answer: Vec<u8>,
    /// Read, and not yet passed on.
    rest: Vec<u8>,
}

impl<R> Lines<R> {
    /// Watches `inner` for lines of more than `longest` bytes; `ended` learns why it ends the connection.
    pub fn new(inner: R, ended: Ended, longest: usize) -> Self {
        let (head, tail, answer, rest) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { inner, ended, longest, over: false, length: 0, head, tail, answer, rest }
    }

    /// Takes note of what is passed on; where a line that was too long ended in it.
    fn note(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(end) = memchr::memchr(b'\n', &bytes[at..]) {
            self.grow(&bytes[at..at + end]);
            at += end + 1;
            let long = self.length + 1 > self.longest;
            if long {
                match answered(&self.head, &self.tail) {
                    Some(id) => self.answer = refusal(&id),
                    None => self.end(),
                }
            }
            self.length = 0;
            self.head.clear();
            self.tail.clear();
            if long {
                return Some(at);
            }
        }
        self.grow(&bytes[at..]);
        if self.length / ENDLESS > self.longest {
            self.end();
        }
        None
    }

    fn grow(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        let room = KEPT.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(KEPT)..]);
        let excess = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..excess);
    }

    fn end(&mut self) {
        self.over = true;
        let _ = self.ended.set("it sent a message of more than 16 MiB".to_owned());
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Lines<R> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.answer.is_empty() {
            pass(&mut this.answer, buf);
            return Poll::Ready(Ok(()));
        }
        if this.over {
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        if this.rest.is_empty() {
            ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
        } else {
            pass(&mut this.rest, buf);
        }
        if let Some(end) = this.note(&buf.filled()[before..]) {
            let mut rest = buf.filled()[before + end..].to_vec();
            buf.set_filled(before + end);
            rest.append(&mut this.rest);
            this.rest = rest;
        }
        Poll::Ready(Ok(()))
    }
}

fn pass(bytes: &mut Vec<u8>, buf: &mut ReadBuf<'_>) {
    let n = bytes.len().min(buf.remaining());
    buf.put_slice(&bytes[..n]);
    bytes.drain(..n);
}

fn refusal(id: &str) -> Vec<u8> {
    let why =
        "The server answered with more than 16 MiB, which is too much for one message. Ask it for less.";
    format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{{\"code\":-32603,\"message\":\"{why}\"}}}}\n")
        .into_bytes()
}

/// The id of the request that a line answers, if the line says it before or behind the result.
fn answered(head: &[u8], tail: &[u8]) -> Option<String> {
    const VERSION: &str = "\"jsonrpc\":\"2.0\"";
    let plain = |bytes: &[u8]| -> String {
        String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_whitespace()).collect()
    };
    let (head, tail) = (plain(head), plain(tail));
    let without_version = |text: &str| match text.strip_prefix(VERSION) {
        Some(rest) => rest.strip_prefix(',').map(str::to_owned),
        None => Some(text.to_owned()),
    };
    let is_result = |text: &str| text.starts_with("\"result\":") || text.starts_with("\"error\":");
    let first = without_version(head.strip_prefix('{')?)?;
    if let Some(from) = first.strip_prefix("\"id\":") {
        let (id, rest) = from.split_once(',')?;
        return (is_number(id) && is_result(&without_version(rest)?)).then(|| id.to_owned());
    }
    // Nothing but the last member can stand before the last bracket.
    let last = tail.strip_suffix('}').filter(|_| is_result(&first))?;
    let last = last.strip_suffix(VERSION).and_then(|last| last.strip_suffix(',')).unwrap_or(last);
    let (_, id) = last.rsplit_once(",\"id\":")?;
    is_number(id).then(|| id.to_owned())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
