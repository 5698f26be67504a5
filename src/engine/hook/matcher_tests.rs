#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn covers(pattern: &str, subject: &str) -> bool {
    let event = HookEvent::PreToolUse;
    let matcher = Matcher::compile(Some(pattern), event).unwrap();
    match subject.strip_prefix("mcp__").and_then(|rest| rest.split_once("__")) {
        Some((server, tool)) => matcher.covers_server_tool(subject, &pair(server, tool)),
        None => matcher.covers(subject, event),
    }
}

fn pair(server: &str, tool: &str) -> ServerTool {
    ServerTool { server: server.to_owned(), tool: tool.to_owned() }
}

#[test]
fn server_and_tool_are_compared_apart_row_162() {
    // Pattern, server and tool, the name that the model sees, whether it is covered.
    let table = [
        ("mcp__a", "a", "b__c", "mcp__a__b__c", true),
        ("mcp__a", "a__b", "c", "mcp__a__b__c", false),
        ("mcp__a__b", "a__b", "c", "mcp__a__b__c", true),
        ("mcp__a__b__c", "a__b", "c", "mcp__a__b__c", true),
        ("mcp__a__b", "a", "b__c", "mcp__a__b__c", false),
        ("mcp__a__c", "a", "c", "c", true),
        ("c", "a", "c", "c", true),
        ("mcp__a__c|Bash", "a", "c", "mcp__shortened_0123", true),
        ("^mcp__a__.*", "a", "c", "c", true),
        ("^c$", "a", "c", "c", true),
    ];
    for (pattern, server, tool, name, wanted) in table {
        let matcher = Matcher::compile(Some(pattern), HookEvent::PreToolUse).unwrap();
        assert_eq!(
            matcher.covers_server_tool(name, &pair(server, tool)),
            wanted,
            "{pattern} {server} {tool}"
        );
    }
}

/// Pattern, what it covers, what not.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

#[test]
fn patterns_cover_what_the_documents_say_row_158_row_162() {
    let table: &[Row] = &[
        ("", &["Bash", "mcp__a__b"], &[]),
        ("*", &["Bash", "mcp__a__b"], &[]),
        ("Bash", &["Bash"], &["bash", "BashOutput2", "XBash"]),
        ("Write|Edit", &["Write", "Edit"], &["NotebookEdit", "WriteX"]),
        ("Write | Edit", &["Write", "Edit"], &["NotebookEdit"]),
        ("Write,Edit", &["Write", "Edit"], &["Read"]),
        ("my-tool", &["my-tool"], &["my-tool2"]),
        ("^mcp__", &["mcp__a__b"], &["Bash", "xmcp__"]),
        ("Edit$", &["Edit", "NotebookEdit"], &["EditX"]),
        ("mcp__.*__write.*", &["mcp__fs__write_file", "mcp__x__write"], &["mcp__fs__read"]),
        ("(?!Bash)^[A-Z]", &["Read"], &["mcp__a__b"]),
        ("^(?!Bash$)", &["Read", "BashOutput2"], &["Bash"]),
        ("(?<=mcp__)git", &["mcp__github__x"], &["git"]),
        ("mcp__git", &["mcp__git__commit"], &["mcp__github__commit", "mcp__gitx__y"]),
        ("mcp__git|Bash", &["mcp__git__commit", "Bash"], &["mcp__github__x"]),
        ("mcp__git__commit", &["mcp__git__commit"], &["mcp__git__commit_all", "mcp__git__push"]),
        ("Task", &["Agent", "Task"], &["TaskStop"]),
        ("Agent", &["Agent", "Task"], &["AgentX"]),
        ("^Task$", &["Agent"], &["TaskStop"]),
        ("KillShell|BashOutput", &["TaskStop", "TaskOutput"], &["Bash"]),
    ];
    for (pattern, yes, no) in table {
        for subject in *yes {
            assert!(covers(pattern, subject), "{pattern:?} must cover {subject:?}");
        }
        for subject in *no {
            assert!(!covers(pattern, subject), "{pattern:?} must not cover {subject:?}");
        }
    }
}

#[test]
fn no_matcher_covers_everything() {
    assert!(Matcher::compile(None, HookEvent::PreToolUse).unwrap().covers("x", HookEvent::PreToolUse));
}

#[test]
fn an_invalid_expression_is_an_error() {
    assert!(Matcher::compile(Some("Bash("), HookEvent::PreToolUse).is_err());
}

#[test]
fn some_events_take_exact_values_only_row_159() {
    for (event, pattern, yes, no) in [
        (HookEvent::StopFailure, "rate_limit|server_error", "rate_limit", "rate"),
        (HookEvent::StopFailure, "rate.*", "rate.*", "rate_limit"),
        (HookEvent::FileChanged, ".env", ".env", "xenv"),
    ] {
        let matcher = Matcher::compile(Some(pattern), event).unwrap();
        assert!(matcher.covers(yes, event), "{pattern} {yes}");
        assert!(!matcher.covers(no, event), "{pattern} {no}");
    }
}

#[test]
fn names_of_other_events_are_not_tool_names() {
    let event = HookEvent::SubagentStart;
    let matcher = Matcher::compile(Some("Task"), event).unwrap();
    assert!(matcher.covers("Task", event));
    assert!(!matcher.covers("Agent", event));
}

#[test]
fn a_matcher_is_ignored_where_there_is_nothing_to_compare_row_161() {
    for event in HookEvent::ALL.iter().copied().filter(|event| !event.has_subject()) {
        assert!(Matcher::compile(Some("nothing-like-it"), event).unwrap().covers("", event), "{event:?}");
    }
    assert_eq!(HookEvent::ALL.iter().filter(|event| !event.has_subject()).count(), 10);
}

#[test]
fn every_event_is_known_by_its_exact_name_row_156() {
    assert_eq!(HookEvent::ALL.len(), 33);
    for event in HookEvent::ALL {
        assert_eq!(HookEvent::parse(event.name()), Some(*event));
        assert_eq!(serde_json::to_value(event).unwrap(), event.name());
        assert_eq!(HookEvent::parse(&event.name().to_lowercase()), None);
    }
}
