#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

#[test]
fn values_change_in_the_way_they_were_written() {
    let rows: [(&str, &[&str], Value, &str); 14] = [
        ("{}", &["a"], json!(1), "{\n  \"a\": 1\n}"),
        ("{}\n", &["a", "b"], json!("x"), "{\n  \"a\": {\n    \"b\": \"x\"\n  }\n}\n"),
        ("{\"z\": 1.0, \"a\": 1e3}", &["b"], json!([1, 2]), "{\"z\": 1.0, \"a\": 1e3, \"b\": [1,2]}"),
        ("{\"z\":1}", &["b"], json!({ "c": [1] }), "{\"z\":1,\"b\":{\"c\":[1]}}"),
        ("{\n\t\"z\": 1\n}\n", &["a"], json!(["x"]), "{\n\t\"z\": 1,\n\t\"a\": [\n\t\t\"x\"\n\t]\n}\n"),
        ("{\r\n    \"z\": 1\r\n}", &["a"], json!(2), "{\r\n    \"z\": 1,\r\n    \"a\": 2\r\n}"),
        ("{\n  \"a\": [\"x\"]\n}", &["a"], json!(["x", "y"]), "{\n  \"a\": [\"x\", \"y\"]\n}"),
        ("{\"a\":[\"x\",\"y\"]}", &["a"], json!(["y"]), "{\"a\":[\"y\"]}"),
        ("{\"a\":[\"x\"]}", &["a"], json!(["x", "y", "z"]), "{\"a\":[\"x\",\"y\",\"z\"]}"),
        (
            "{\n  \"a\": [\n    \"x\"\n  ],\n  \"b\": 1\n}",
            &["a"],
            json!(["x", "y"]),
            "{\n  \"a\": [\n    \"x\",\n    \"y\"\n  ],\n  \"b\": 1\n}",
        ),
        ("{\n  \"a\": []\n}", &["a"], json!(["x"]), "{\n  \"a\": [\n    \"x\"\n  ]\n}"),
        ("{\n  \"a\": [\n    \"x\"\n  ]\n}", &["a"], json!([]), "{\n  \"a\": []\n}"),
        ("{\n  \"a\": { \"b\": 1 }\n}", &["a", "c"], json!(2), "{\n  \"a\": { \"b\": 1, \"c\": 2 }\n}"),
        // Of a key that stands twice the last one counts.
        ("{\"a\":1,\"a\":2}", &["a"], json!(3), "{\"a\":1,\"a\":3}"),
    ];
    for (text, path, value, expected) in rows {
        assert_eq!(set(text, path, &value).as_deref(), Some(expected), "{text}");
        let read: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(read.pointer(&format!("/{}", path.join("/"))), Some(&value), "{expected}");
    }
}

#[test]
fn what_is_no_object_is_not_changed() {
    for (text, path) in [("[]", vec!["a"]), ("{\"a\": 1}", vec!["a", "b"]), ("3", vec!["a"]), ("", vec!["a"])]
    {
        assert_eq!(set(text, &path, &json!(1)), None, "{text}");
    }
}

#[test]
fn lines_of_values() {
    let text = "{\n  \"a\\\"b\": {\n    \"ü\": [ 1,\n true, \"x\\\"]\" ]\n  }\n}";
    let root = parse(text).unwrap();
    let list = root.at(&["a\"b", "ü"]).unwrap();
    let lines: Vec<_> = list.items().iter().map(|item| line(text, item.span.start)).collect();
    assert_eq!(lines, [3, 4, 4]);
    assert_eq!(&text[list.items()[2].span.clone()], "\"x\\\"]\"");
}
