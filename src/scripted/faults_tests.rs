#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::scripted::scenario::{Garbage, Slow, SseError};

fn events() -> Vec<Bytes> {
    ["a\n\n", "b\n\n", "c\n\n"].map(Bytes::from).to_vec()
}

fn steps(faults: Faults) -> Vec<Step> {
    streamed(&events(), &[], &faults, None)
}

/// Steps as one line: bytes as text, `|` flush, `<g>` gate, `~` delay, `X` abort.
fn line(steps: &[Step]) -> String {
    let show = |step: &Step| match step {
        Step::Bytes(bytes) => {
            String::from_utf8(bytes.to_vec()).unwrap().replace('\r', "r").replace('\n', "n")
        }
        Step::Flush => "|".to_owned(),
        Step::Gate(name) => format!("<{name}>"),
        Step::Delay(_) => "~".to_owned(),
        Step::Abort => "X".to_owned(),
    };
    steps.iter().map(show).collect()
}

#[test]
fn gates_stand_before_the_event_they_count_to() {
    let gates = [(0, "g0".to_owned()), (2, "g2".to_owned()), (3, "g3".to_owned()), (9, "g9".to_owned())];
    let steps = streamed(&events(), &gates, &Faults::default(), None);
    assert_eq!(line(&steps), "<g0>annbnn<g2>cnn<g3><g9>");
}

#[test]
fn the_stream_breaks_or_ends_after_events() {
    assert_eq!(line(&steps(Faults { drop_after_events: Some(2), ..Faults::default() })), "annbnn|~X");
    assert_eq!(line(&steps(Faults { drop_after_events: Some(9), ..Faults::default() })), "annbnncnn|~X");
    assert_eq!(line(&steps(Faults { end_after_events: Some(1), ..Faults::default() })), "ann");
}

#[test]
fn an_error_event_ends_the_stream() {
    let error = SseError { events: 1, kind: "overloaded_error".to_owned(), message: "busy".to_owned() };
    let text = line(&steps(Faults { error_after_events: Some(error), ..Faults::default() }));
    let data = r#"{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"#;
    assert_eq!(text, format!("annevent: errorndata: {data}nn"));
}

#[test]
fn garbage_stands_between_events() {
    let garbage = Some(Garbage { events: 1, text: "%%".to_owned() });
    assert_eq!(line(&steps(Faults { garbage_after_events: garbage, ..Faults::default() })), "ann%%bnncnn");
    let late = Some(Garbage { events: 7, text: "%%".to_owned() });
    assert_eq!(line(&steps(Faults { garbage_after_events: late, ..Faults::default() })), "annbnncnn%%");
}

#[test]
fn bytes_are_cut_split_and_slowed() {
    assert_eq!(line(&steps(Faults { drop_after_bytes: Some(4), ..Faults::default() })), "annb|~X");
    assert_eq!(line(&steps(Faults { drop_after_bytes: Some(0), ..Faults::default() })), "|~X");
    assert_eq!(line(&steps(Faults { split: Some(2), ..Faults::default() })), "an|n|bn|n|cn|n|");
    let slow = Some(Slow { bytes: 3, delay_ms: 1 });
    assert_eq!(line(&steps(Faults { slow, ..Faults::default() })), "ann|~bnn|~cnn|~");
    let both = Faults { split: Some(2), drop_after_bytes: Some(3), ..Faults::default() };
    assert_eq!(line(&steps(both)), "an|n||~X");
}

#[test]
fn line_ends_and_comments_change_the_dress_only() {
    assert_eq!(line(&steps(Faults { crlf: true, ..Faults::default() })), "arnrnbrnrncrnrn");
    let comments = line(&steps(Faults { comments: true, ..Faults::default() }));
    assert_eq!(comments, ": keep-alivenann: keep-alivenbnn: keep-alivencnn");
}

#[test]
fn a_pace_pauses_after_events() {
    let pace = Some(Pace { events: 2, delay_ms: 1 });
    assert_eq!(line(&streamed(&events(), &[], &Faults::default(), pace)), "annbnn~cnn");
}

#[test]
fn an_unstreamed_body_passes_its_gates_first_and_ignores_event_faults() {
    let faults = Faults { drop_after_events: Some(0), split: Some(2), ..Faults::default() };
    assert_eq!(line(&unstreamed(Bytes::from("{}x"), ["g".to_owned()], &faults)), "<g>{}|x|");
}

#[test]
fn a_plain_reply_is_one_write_or_few_large_ones() {
    let part = |size: usize| Bytes::from(vec![b'x'; size]);
    assert_eq!(plain(part(1), part(2), part(3)), [Step::Bytes(part(6))]);
    let sizes: Vec<usize> = plain(part(1), part(PIECE + 5), part(3))
        .iter()
        .map(|step| if let Step::Bytes(bytes) = step { bytes.len() } else { 0 })
        .collect();
    assert_eq!(sizes, [1, PIECE, 5, 3]);
}
