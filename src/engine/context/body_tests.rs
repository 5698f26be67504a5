#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use crate::engine::session::history::{AssistantBlock, History, UserBlock};
use serde_json::value::RawValue;
use serde_json::{Value, json};

const OPENING: [&str; 2] = ["{\"model\":\"m\"", ",\"messages\":["];

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

fn ask(history: &mut History, text: &str) {
    history.push_user(vec![UserBlock::Other(raw(&json!({ "type": "text", "text": text })))]);
}

fn answer(history: &mut History, text: &str) {
    let json = raw(&json!({ "type": "text", "text": text }));
    history.push_assistant(&[AssistantBlock { tool_use_id: None, empty_text: false, json }]);
}

/// The body as it must be, of nothing but the segments.
fn expected(opening: &[&str], history: &History, caching: bool) -> String {
    let segments = history.segments();
    let marks = if caching { marked(segments) } else { [None, None] };
    let texts = segments.iter().enumerate().map(|(i, segment)| {
        let mut text = segment.json.to_string();
        if let Some(at) = segment.cache_at.filter(|_| marks.contains(&Some(i))) {
            text.insert_str(at, MARK);
        }
        text
    });
    format!("{}{}]}}", opening.concat(), texts.collect::<Vec<_>>().join(","))
}

#[test]
fn a_body_grows_with_the_conversation_in_place() {
    for caching in [true, false] {
        let (mut kept, mut history) = (RequestBody::default(), History::default());
        ask(&mut history, &"a long beginning ".repeat(2000));
        let mut places = Vec::new();
        for turn in 0..40 {
            let body = kept.build(&OPENING, history.segments(), caching);
            assert_eq!(body, expected(&OPENING, &history, caching), "turn {turn}, caching {caching}");
            serde_json::from_slice::<Value>(&body).unwrap();
            places.push(body.as_ptr());
            drop(body);
            answer(&mut history, &format!("answer {turn}"));
            ask(&mut history, &format!("question {turn}"));
        }
        places.dedup();
        assert!(places.len() <= 2, "it was copied {} times", places.len());
    }
}

#[test]
fn a_body_that_is_still_held_stays_as_it_is() {
    let (mut kept, mut history) = (RequestBody::default(), History::default());
    ask(&mut history, "one");
    let first = kept.build(&OPENING, history.segments(), true);
    let text = expected(&OPENING, &history, true);
    answer(&mut history, "two");
    ask(&mut history, "three");
    assert_eq!(kept.build(&OPENING, history.segments(), true), expected(&OPENING, &history, true));
    assert_eq!(first, text);
}

#[test]
fn what_has_changed_is_not_kept() {
    let (mut kept, mut history) = (RequestBody::default(), History::default());
    for text in ["one", "three", "five"] {
        ask(&mut history, text);
        answer(&mut history, "and");
    }
    drop(kept.build(&OPENING, history.segments(), true));
    // Another model, other tools; then back.
    for opening in [
        ["{\"model\":\"n\"", ",\"messages\":["],
        ["{\"model\":\"m\"", ",\"tools\":[],\"messages\":["],
        OPENING,
    ] {
        let body = kept.build(&opening, history.segments(), true);
        assert_eq!(body, expected(&opening, &history, true));
    }
    // A part of the opening that is the beginning of what was there.
    let cut = ["{\"model\":\"m\"", ",\"messages\":"];
    assert_eq!(kept.build(&cut, history.segments(), true), expected(&cut, &history, true));
    // A shorter conversation, and one that went on in another way.
    drop(kept.build(&OPENING, history.segments(), false));
    history.truncate(2);
    assert_eq!(kept.build(&OPENING, history.segments(), false), expected(&OPENING, &history, false));
    drop(kept.build(&OPENING, history.segments(), false));
    history.truncate(1);
    answer(&mut history, "otherwise");
    ask(&mut history, "six");
    assert_eq!(kept.build(&OPENING, history.segments(), true), expected(&OPENING, &history, true));
}
