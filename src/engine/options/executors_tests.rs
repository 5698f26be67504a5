#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;
use serde_json::{Map, json};

fn function() -> Value {
    json!({ "$function": true })
}

fn file_system() -> Map<String, Value> {
    FS_METHODS.iter().map(|name| ((*name).to_owned(), function())).collect()
}

#[test]
fn a_kind_that_is_not_given_has_no_place_once_another_is() {
    use Place::{Elsewhere, Host, Nowhere};
    for (given, exec, fs, fetch) in [
        (json!({}), Host, Host, Host),
        (json!({ "exec": null }), Host, Host, Host),
        (json!({ "exec": "host" }), Host, Nowhere, Nowhere),
        (json!({ "exec": function() }), Elsewhere, Nowhere, Nowhere),
        (json!({ "fs": file_system(), "fetch": "host" }), Nowhere, Elsewhere, Host),
        (json!({ "exec": "host", "fs": "host", "fetch": function() }), Host, Host, Elsewhere),
    ] {
        assert_eq!(Executors::read(Some(&given)).unwrap(), Executors { exec, fs, fetch }, "{given}");
    }
    assert_eq!(Executors::read(None).unwrap(), Executors::default());
}

#[test]
fn what_is_no_executor_is_named() {
    let mut partial = file_system();
    partial.remove("rename");
    let mut wrong = file_system();
    wrong.insert("stat".to_owned(), json!(1));
    for (given, text) in [
        (json!("x"), "options.executors must be an object with exec, fs and fetch"),
        (
            json!({ "exec": "elsewhere" }),
            "options.executors.exec must be a function or 'host'; got \"elsewhere\".",
        ),
        (json!({ "fetch": {} }), "options.executors.fetch must be a function or 'host'; got {}."),
        (json!({ "fs": function() }), "options.executors.fs must be a file system or 'host'"),
        (json!({ "fs": partial }), "options.executors.fs.rename must be a function; got null."),
        (json!({ "fs": wrong }), "options.executors.fs.stat must be a function; got 1."),
        (json!({ "shell": "host" }), "options.executors.shell is not available"),
    ] {
        let error = Executors::read(Some(&given)).unwrap_err();
        assert!(error.message.starts_with(text), "{}", error.message);
    }
}

#[test]
fn a_tool_without_a_place_is_not_offered() {
    let at = |given: Value| Executors::read(Some(&given)).unwrap();
    let all = ["Bash", "Read", "Write", "Edit", "NotebookEdit", "Glob", "Grep", "WebFetch", "EnterWorktree"];
    let offered = |executors: Executors| -> Vec<&str> {
        all.into_iter().filter(|name| executors.offer(name)).collect()
    };
    assert_eq!(offered(Executors::default()), all);
    assert_eq!(offered(at(json!({ "exec": function() }))), ["Bash"]);
    assert_eq!(offered(at(json!({ "fs": file_system() }))), all[1..7]);
    assert_eq!(offered(at(json!({ "fetch": "host" }))), ["WebFetch"]);
    assert!(at(json!({ "fetch": "host" })).offer("TodoWrite"));
}
