//! Faults and gates: turns the events of a reply into the steps that the body takes.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::blocks;
use super::scenario::{Faults, Pace};

/// One step of a response body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Bytes to send.
    Bytes(Bytes),
    /// Lets what was sent so far reach the socket before anything else follows.
    Flush,
    /// Waits until the gate is open.
    Gate(String),
    /// Waits.
    Delay(Duration),
    /// Breaks the connection (HTTP/2: the stream).
    Abort,
}

/// Large replies leave in pieces of this size, so that the last one is handed over when nearly all has been sent.
const PIECE: usize = 256 * 1024;

/// Time for bytes to leave the socket before a connection is broken behind them.
const SETTLE: Duration = Duration::from_millis(5);

/// The body of a plain reply: no gates, no faults, as few writes as possible.
pub fn plain(head: Bytes, middle: Bytes, tail: Bytes) -> Vec<Step> {
    let total = head.len() + middle.len() + tail.len();
    if total <= PIECE / 4 {
        let mut all = Vec::with_capacity(total);
        for part in [head, middle, tail] {
            all.extend_from_slice(&part);
        }
        return vec![Step::Bytes(all.into())];
    }
    let mut steps = vec![Step::Bytes(head)];
    let mut rest = middle;
    while !rest.is_empty() {
        let piece = rest.split_to(rest.len().min(PIECE));
        steps.push(Step::Bytes(piece));
    }
    steps.push(Step::Bytes(tail));
    steps
}

/// The body of a streamed reply. `gates` holds how many events come before each gate.
pub fn streamed(
    events: &[Bytes],
    gates: &[(usize, String)],
    faults: &Faults,
    pace: Option<Pace>,
) -> Vec<Step> {
    let mut steps = Vec::with_capacity(events.len() + 4);
    for (count, event) in events.iter().enumerate() {
        if before_event(&|at| at == count, gates, faults, &mut steps) {
            return bytewise(steps, faults);
        }
        steps.push(Step::Bytes(dressed(event, faults)));
        if let Some(pace) = pace
            && (count + 1) % pace.events.max(1) == 0
        {
            steps.push(Step::Delay(Duration::from_millis(pace.delay_ms)));
        }
    }
    // A place behind the last event is the end of the body: nothing counted there is lost.
    before_event(&|at| at >= events.len(), gates, faults, &mut steps);
    bytewise(steps, faults)
}

/// The body of an unstreamed reply: all gates first, then the bytes with the faults that count bytes.
pub fn unstreamed(body: Bytes, gates: impl IntoIterator<Item = String>, faults: &Faults) -> Vec<Step> {
    let mut steps: Vec<Step> = gates.into_iter().map(Step::Gate).collect();
    steps.push(Step::Bytes(body));
    bytewise(steps, faults)
}

/// Places the gates and faults whose event count is `due`; true if the body is over there.
fn before_event(
    due: &dyn Fn(usize) -> bool,
    gates: &[(usize, String)],
    faults: &Faults,
    steps: &mut Vec<Step>,
) -> bool {
    for (_, name) in gates.iter().filter(|(at, _)| due(*at)) {
        steps.push(Step::Gate(name.clone()));
    }
    if let Some(garbage) = faults.garbage_after_events.as_ref().filter(|garbage| due(garbage.events)) {
        steps.push(Step::Bytes(Bytes::from(garbage.text.clone())));
    }
    if let Some(error) = faults.error_after_events.as_ref().filter(|error| due(error.events)) {
        let data = json!({ "type": "error", "error": { "type": error.kind, "message": error.message } });
        steps.push(Step::Bytes(dressed(&blocks::event("error", &data).into(), faults)));
        return true;
    }
    if faults.end_after_events.is_some_and(due) {
        return true;
    }
    if faults.drop_after_events.is_some_and(due) {
        steps.extend([Step::Flush, Step::Delay(SETTLE), Step::Abort]);
        return true;
    }
    false
}

fn dressed(event: &Bytes, faults: &Faults) -> Bytes {
    if !faults.crlf && !faults.comments {
        return event.clone();
    }
    let mut out = Vec::with_capacity(event.len() + 16);
    if faults.comments {
        out.extend_from_slice(b": keep-alive\n");
    }
    out.extend_from_slice(event);
    if faults.crlf {
        out = out.split_inclusive(|byte| *byte == b'\n').fold(Vec::new(), |mut lines, line| {
            let bare = line.strip_suffix(b"\n").unwrap_or(line);
            lines.extend_from_slice(bare);
            if bare.len() < line.len() {
                lines.extend_from_slice(b"\r\n");
            }
            lines
        });
    }
    out.into()
}

/// Applies the faults that count bytes.
fn bytewise(steps: Vec<Step>, faults: &Faults) -> Vec<Step> {
    let piece = faults.slow.map(|slow| slow.bytes).or(faults.split);
    if piece.is_none() && faults.drop_after_bytes.is_none() {
        return steps;
    }
    let mut left = faults.drop_after_bytes.unwrap_or(usize::MAX);
    let mut out = Vec::new();
    for step in steps {
        let Step::Bytes(mut bytes) = step else {
            out.push(step);
            continue;
        };
        let cut = bytes.len() >= left;
        bytes.truncate(left);
        left -= bytes.len();
        while !bytes.is_empty() {
            let size = piece.unwrap_or(bytes.len()).clamp(1, bytes.len());
            out.push(Step::Bytes(bytes.split_to(size)));
            if piece.is_some() {
                out.push(Step::Flush);
            }
            if let Some(slow) = faults.slow {
                out.push(Step::Delay(Duration::from_millis(slow.delay_ms)));
            }
        }
        if cut && faults.drop_after_bytes.is_some() {
            out.extend([Step::Flush, Step::Delay(SETTLE), Step::Abort]);
            return out;
        }
    }
    out
}

#[cfg(test)]
#[path = "faults_tests.rs"]
mod tests;
