#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use serde_json::json;

fn text(names: &[&str]) -> String {
    let tools: Vec<Value> = names
        .iter()
        .map(|name| json!({ "name": name, "description": "Does it.", "inputSchema": { "type": "object" } }))
        .collect();
    json!({ "tools": tools }).to_string()
}

fn listed() -> Arc<Listed> {
    Arc::default()
}

#[test]
fn the_list_of_an_equal_text_is_found_and_no_other() {
    let mut memory = Memory::default();
    let (first, other) = (listed(), listed());
    memory.keep("first".to_owned(), &first);
    memory.keep("other".to_owned(), &other);
    assert!(memory.find("first").is_some_and(|found| Arc::ptr_eq(&found, &first)));
    assert!(memory.find("other").is_some_and(|found| Arc::ptr_eq(&found, &other)));
    assert!(memory.find("firs").is_none());
}

#[test]
fn few_lists_are_kept_those_that_were_wanted_last() {
    let mut memory = Memory::default();
    memory.keep("wanted".to_owned(), &listed());
    for number in 0..3 * KEPT {
        memory.keep(number.to_string(), &listed());
        assert!(memory.find("wanted").is_some());
    }
    assert_eq!(memory.0.len(), KEPT);
    assert!(memory.find("0").is_none());
}

#[test]
fn long_lists_are_kept_as_far_as_there_is_room() {
    let mut memory = Memory::default();
    memory.keep("x".repeat(KEPT_BYTES + 1), &listed());
    assert_eq!(memory.0.len(), 0);
    for letter in ["a", "b", "c"] {
        memory.keep(letter.repeat(KEPT_BYTES / 2), &listed());
    }
    assert_eq!(memory.0.len(), 2);
    assert!(memory.find(&"a".repeat(KEPT_BYTES / 2)).is_none());
}

#[test]
fn a_text_is_read_as_the_list_that_it_holds() {
    let read = Listed::of_text(text(&["a", "b"]), "tools").unwrap();
    let names: Vec<_> = read.tools.iter().map(|tool| tool.remote.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn an_equal_text_is_not_read_again() {
    let read = || Listed::of_text(text(&["read", "once"]), "tools").unwrap();
    // Other tests of the process share the memory, and might push this list out between the two.
    assert!((0..10).any(|_| Arc::ptr_eq(&read(), &read())));
}

#[test]
fn a_text_without_a_list_is_refused() {
    for text in ["", "{}", r#"{"tools":{}}"#] {
        let refused = Listed::of_text(text.to_owned(), "tools").err();
        assert_eq!(refused, Some(Failure::Refused("its list of tools cannot be read".to_owned())), "{text}");
    }
}

#[test]
fn a_tool_that_cannot_be_offered_says_why_and_others_stay() {
    let listed = Listed::new(vec![
        json!({ "description": "nameless" }),
        json!({ "name": "odd", "inputSchema": { "type": "string" } }),
        json!({ "name": "fine", "annotations": { "readOnlyHint": true } }),
    ]);
    let why = |at: usize| listed.tools[at].facts.as_ref().err().map(String::as_str);
    assert_eq!(why(0), Some("a tool without a name"));
    assert_eq!(why(1), Some(r#"the tool "odd": its input is not an object"#));
    assert!(listed.tools[2].facts.as_ref().is_ok_and(|facts| facts.read_only));
}
