#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;
use crate::engine::tool::schema::InputSchema;
use serde_json::{Map, Value, json};
use std::path::Path;

fn table(options: &Value) -> ToolTable {
    let given: Map<String, Value> = options.as_object().unwrap().clone();
    ToolTable::new(&Options::parse(&given, Path::new("/")).unwrap())
}

#[test]
fn every_built_in_schema_compiles_and_has_a_description() {
    assert_eq!(BUILT_IN.iter().map(|entry| entry.tool.name().to_owned()).collect::<Vec<_>>(), BUILT_IN_NAMES);
    for entry in BUILT_IN.iter() {
        InputSchema::compile(entry.tool.input_schema()).unwrap();
        assert!(entry.tool.description().len() > 80, "{}", entry.tool.name());
    }
}

#[test]
fn tools_chooses_what_the_model_sees_row_63() {
    assert_eq!(table(&json!({ "tools": ["Edit", "Read"] })).names(), ["Read", "Edit"]);
    assert_eq!(table(&json!({ "tools": [] })).json().as_ref(), "[]");
    let preset = json!({ "tools": { "type": "preset", "preset": "claude_code" } });
    assert_eq!(table(&preset).names(), table(&json!({})).names());
}

#[test]
fn a_bare_disallowed_name_is_not_shown_row_64() {
    let names = table(&json!({ "disallowedTools": ["Bash", "Read(./secret)"] })).names();
    let all = table(&json!({})).names();
    assert_eq!(names, all.into_iter().filter(|name| name != "Bash").collect::<Vec<_>>());
}

#[test]
fn todo_write_or_the_task_tools_row_298() {
    let todo_tools = |options: &Value, task_tools: bool| {
        let mut options = Options::parse(options.as_object().unwrap(), Path::new("/")).unwrap();
        options.task_tools = task_tools;
        let mut names = ToolTable::new(&options).names();
        names.retain(|name| name == "TodoWrite" || TASK_TOOLS.contains(&name.as_str()));
        names
    };
    assert_eq!(todo_tools(&json!({}), false), ["TodoWrite"]);
    assert_eq!(todo_tools(&json!({}), true), TASK_TOOLS);
    assert_eq!(todo_tools(&json!({ "tools": ["TodoWrite", "Read"] }), false), ["TodoWrite"]);
    assert_eq!(todo_tools(&json!({ "tools": ["TodoWrite", "TaskList"] }), false), ["TaskList"]);
    assert!(todo_tools(&json!({ "tools": ["Read"] }), true).is_empty());
}

#[test]
fn former_names_lead_to_the_tools_of_today_row_225() {
    let all = table(&json!({}));
    for (former, now) in FORMER_NAMES {
        assert_eq!(all.get(former).unwrap().tool.name(), now);
        assert!(table(&json!({ "disallowedTools": [former] })).get(now).is_none());
        assert_eq!(table(&json!({ "tools": [former] })).names(), [now]);
    }
}
