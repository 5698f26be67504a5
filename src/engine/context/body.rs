//! The body of a request. The next one of a turn is made of it: a conversation grows at its end, and copying all of it for
//! every request would take longer than the rest of the engine's work once it is long.

use crate::engine::session::history::{Role, Segment};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

const MARK: &str = ",\"cache_control\":{\"type\":\"ephemeral\"}";
/// What may be left free behind a new body for what the turn will add.
const ROOM: usize = 16 * 1024;

/// What is kept of a body from one request of a turn to the next.
#[derive(Debug, Default)]
pub struct RequestBody(Option<Last>);

#[derive(Debug)]
struct Last {
    body: Bytes,
    /// Where the opening ends.
    opened: usize,
    /// Segments whose text the next body has in the same places: those before the first mark.
    same: Vec<Arc<Segment>>,
    /// Where they end.
    end: usize,
}

impl Last {
    /// Whether a body of this begins as the last one.
    fn begins(&self, opening: &[&str], segments: &[Arc<Segment>]) -> bool {
        let mut rest = &self.body[..self.opened];
        let opens = opening.iter().all(|part| {
            let after = rest.strip_prefix(part.as_bytes());
            rest = after.unwrap_or_default();
            after.is_some()
        });
        let same = self.same.iter().zip(segments).all(|(one, other)| Arc::ptr_eq(one, other));
        opens && rest.is_empty() && same && self.same.len() <= segments.len()
    }
}

impl RequestBody {
    /// `opening`, then the segments with commas between them, then `]}`. With `caching` the last user segment and the one
    /// before it get a cache mark (row 572).
    pub fn build(&mut self, opening: &[&str], segments: &[Arc<Segment>], caching: bool) -> Bytes {
        let marks = if caching { marked(segments) } else { [None, None] };
        let last = self.0.take().filter(|last| last.begins(opening, segments));
        let (mut body, mut same, mut end) =
            match last.map(|last| (last.body.try_into_mut(), last.same, last.end)) {
                Some((Ok(mut body), same, end)) => {
                    body.truncate(end);
                    (body, same, end)
                }
                // Whoever sent it still holds it.
                Some((Err(_), ..)) | None => fresh(opening, segments),
            };
        let mut unmarked = true;
        for (i, segment) in segments.iter().enumerate().skip(same.len()) {
            let is_marked = marks.contains(&Some(i));
            unmarked &= !is_marked;
            if i > 0 {
                body.extend_from_slice(b",");
            }
            match segment.cache_at.filter(|_| is_marked) {
                Some(at) => {
                    body.extend_from_slice(&segment.json.as_bytes()[..at]);
                    body.extend_from_slice(MARK.as_bytes());
                    body.extend_from_slice(&segment.json.as_bytes()[at..]);
                }
                None => body.extend_from_slice(segment.json.as_bytes()),
            }
            if unmarked {
                same.push(Arc::clone(segment));
                end = body.len();
            }
        }
        body.extend_from_slice(b"]}");
        let body = body.freeze();
        self.0 =
            Some(Last { body: body.clone(), opened: opening.iter().map(|part| part.len()).sum(), same, end });
        body
    }
}

/// A body that holds the opening alone.
fn fresh(opening: &[&str], segments: &[Arc<Segment>]) -> (BytesMut, Vec<Arc<Segment>>, usize) {
    let opens: usize = opening.iter().map(|part| part.len()).sum();
    let history: usize = segments.iter().map(|segment| segment.json.len() + 1).sum();
    let mut body = BytesMut::with_capacity(opens + history + 2 * MARK.len() + 2 + ROOM.min(history));
    for part in opening {
        body.extend_from_slice(part.as_bytes());
    }
    (body, Vec::with_capacity(segments.len()), opens)
}

/// The last two user segments that can carry a mark: the second is where the previous request's mark was.
fn marked(segments: &[Arc<Segment>]) -> [Option<usize>; 2] {
    let mut able = segments
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, segment)| segment.role == Role::User && segment.cache_at.is_some())
        .map(|(i, _)| i);
    [able.next(), able.next()]
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
