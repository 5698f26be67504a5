#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::{given, words};
use serde_json::{Value, json};

fn described(arguments: Value) -> Value {
    json!({ "name": "p", "arguments": arguments })
}

#[test]
fn words_go_to_arguments_by_place_row_331() {
    let two = described(json!([{ "name": "a", "required": true }, { "name": "b" }]));
    let table = [
        ("one", json!({ "a": "one" })),
        ("one two", json!({ "a": "one", "b": "two" })),
        ("one two three four", json!({ "a": "one", "b": "two three four" })),
        ("\"one two\" three", json!({ "a": "one two", "b": "three" })),
        ("\"\" three", json!({ "a": "", "b": "three" })),
    ];
    for (args, wanted) in table {
        assert_eq!(given(&two, args).unwrap(), json!({ "name": "p", "arguments": wanted }), "{args}");
    }
    assert_eq!(given(&two, "  ").unwrap_err(), "the argument a");
    assert_eq!(given(&described(Value::Null), "more words").unwrap(), json!({ "name": "p" }));
    assert_eq!(given(&json!({ "name": "p" }), "").unwrap(), json!({ "name": "p" }));
}

#[test]
fn quotes_keep_words_together() {
    assert_eq!(words(" a  \"b c\"d e\" "), ["a", "b cd", "e "]);
    assert!(words("").is_empty());
}
