#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::testing::{Session, short};
use super::super::{HookDecision, PermissionMode};
use crate::engine::tool::Access;
use PermissionMode::{AcceptEdits, Auto, BypassPermissions, Default, DontAsk, Plan};
use serde_json::{Value, json};
use std::fmt::Write;

const TABLE: &str = include_str!("../../../__test__/permissions/order.txt");
const MODES: [PermissionMode; 6] = [Default, AcceptEdits, BypassPermissions, Auto, DontAsk, Plan];

/// One call of each class: name, tool, input, access, and a rule that covers it.
fn calls() -> Vec<(&'static str, &'static str, Value, Access, &'static str)> {
    let run = |line: &str| (json!({ "command": line }), Access::RunCommand(line.into()));
    let (ls, shell, touch, critical) = (run("ls src"), run("npm run x"), run("touch src/a"), run("rm -rf /"));
    let none = json!({});
    let reads = |path: &str| Access::ReadPath(path.into());
    let writes = |path: &str| Access::WritePath(path.into());
    vec![
        ("read", "Read", none.clone(), reads("/home/me/app/src/a.rs"), "Read(src/**)"),
        ("read-out", "Read", none.clone(), reads("/opt/a"), "Read(//opt/**)"),
        ("write", "Write", none.clone(), writes("/home/me/app/src/a.rs"), "Edit(src/**)"),
        ("write-out", "Edit", none.clone(), writes("/opt/a"), "Edit(//opt/**)"),
        ("ls", "Bash", ls.0, ls.1, "Bash(ls:*)"),
        ("shell", "Bash", shell.0, shell.1, "Bash(npm run *)"),
        ("touch", "Bash", touch.0, touch.1, "Bash(touch:*)"),
        ("mcp", "mcp__db__get", none.clone(), Access::None, "mcp__db"),
        ("web", "WebFetch", none.clone(), Access::ReachHost("a.org".into()), "WebFetch(domain:a.org)"),
        ("free", "TodoWrite", none.clone(), Access::None, "TodoWrite"),
        ("person", "AskUserQuestion", json!({ "answers": {} }), Access::None, "AskUserQuestion"),
        ("protected", "Write", none.clone(), writes("/home/me/app/.git/config"), "Edit(.git/**)"),
        ("critical", "Bash", critical.0, critical.1, "Bash(rm:*)"),
    ]
}

fn hooks() -> [(&'static str, Option<HookDecision>); 5] {
    let reason = Some("because".to_owned());
    [
        ("none", None),
        ("allow", Some(HookDecision::Allow { reason: reason.clone(), answered: false })),
        ("answer", Some(HookDecision::Allow { reason: reason.clone(), answered: true })),
        ("ask", Some(HookDecision::Ask { reason: None })),
        ("deny", Some(HookDecision::Deny { reason })),
    ]
}

/// The columns of the table: four patterns and the decision.
fn table() -> Vec<[&'static str; 5]> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
            cells.try_into().unwrap_or_else(|_| panic!("{line}"))
        })
        .collect()
}

fn fits(pattern: &str, given: &str) -> bool {
    pattern == "any" || pattern.split('|').any(|one| one == given)
}

#[test]
fn every_call_rule_hook_and_mode_follow_the_table_row_57_row_58() {
    let kinds = ["none", "allow", "ask", "deny", "allow+ask", "allow+deny", "ask+deny", "allow+ask+deny"];
    let table = table();
    let mut used = vec![0; table.len()];
    let (mut wrong, mut count) = (String::new(), 0);
    for (class, tool, input, access, rule) in calls() {
        for kind in kinds {
            for (hook_name, hook) in hooks() {
                for mode in MODES {
                    let mut session = Session::new(mode);
                    for part in kind.split('+') {
                        session = match part {
                            "allow" => session.allow(&[rule]),
                            "ask" => session.ask(&[rule]),
                            "deny" => session.deny(&[rule]),
                            _ => session,
                        };
                    }
                    let found = short(&session.decide_after(hook.as_ref(), tool, &input, &access));
                    let given = [class, kind, hook_name, mode.as_str()];
                    let at = table
                        .iter()
                        .position(|row| row.iter().zip(given).all(|(pattern, given)| fits(pattern, given)))
                        .unwrap();
                    used[at] += 1;
                    count += 1;
                    if found != table[at][4] {
                        writeln!(wrong, "{given:?}: expected {}, found {found}", table[at][4]).unwrap();
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "of {count}:\n{wrong}");
    assert_eq!(count, 13 * 8 * 5 * 6);
    assert!(used.iter().all(|times| *times > 0), "rows of the table that nothing reaches: {used:?}");
}

#[test]
fn a_hook_answers_a_question_only_with_answers_row_187_row_291() {
    let hook = |answered| HookDecision::Allow { reason: None, answered };
    for (tool, input, answered, expected) in [
        ("AskUserQuestion", json!({ "questions": [], "answers": { "q": "a" } }), true, "allow hook"),
        ("AskUserQuestion", json!({ "questions": [], "response": "as you like" }), true, "allow hook"),
        ("AskUserQuestion", json!({ "questions": [] }), true, "ask person"),
        ("AskUserQuestion", json!({ "questions": [], "answers": { "q": "a" } }), false, "ask person"),
        ("ExitPlanMode", json!({ "plan": "p" }), true, "allow hook"),
        ("ExitPlanMode", json!({ "plan": "p" }), false, "ask person"),
    ] {
        let session = Session::new(BypassPermissions);
        let found = short(&session.decide_after(Some(&hook(answered)), tool, &input, &Access::None));
        assert_eq!(found, expected, "{tool} {input} {answered}");
    }
}

#[test]
fn a_hook_silences_no_deny_or_ask_rule_row_60_row_187() {
    let allow = HookDecision::Allow { reason: None, answered: true };
    let judge = |session: Session, line: &str| {
        let access = Access::RunCommand(line.into());
        short(&session.decide_after(Some(&allow), "Bash", &json!({ "command": line }), &access))
    };
    assert_eq!(judge(Session::new(Default).deny(&["Bash(rm:*)"]), "rm a"), "deny rule");
    assert_eq!(judge(Session::new(Default).ask(&["Bash(rm:*)"]), "rm a"), "ask rule");
    assert_eq!(judge(Session::new(Default), "rm a"), "allow hook");
    assert_eq!(judge(Session::new(Default), "rm -rf ~"), "ask critical");
    // A tool of a server that wants a person is never answered by a hook.
    let mut session = Session::new(BypassPermissions).allow(&["mcp__db"]);
    session.needs_person = true;
    let found = short(&session.decide_after(Some(&allow), "mcp__db__ask", &json!({}), &Access::None));
    assert_eq!(found, "ask person");
    session.needs_person = false;
    let found = short(&session.decide_after(Some(&allow), "mcp__db__ask", &json!({}), &Access::None));
    assert_eq!(found, "allow hook");
}

#[test]
fn only_questions_of_the_fourth_step_are_firm() {
    let session = Session::new(Default).ask(&["Bash(git push:*)"]);
    assert!(session.bash("git push").firm);
    assert!(session.bash("rm -rf /").firm);
    assert!(!session.bash("npm test").firm);
    assert!(!session.bash("cat /etc/passwd").firm);
}
