#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::{PermissionBehavior, PermissionRuleValue, RuleSet};
use super::{Rule, ServerTool, glob_text};

#[test]
fn texts_have_a_canonical_form_row_101() {
    for (given, canonical) in [
        ("Read", "Read"),
        ("Read(*)", "Read"),
        ("Bash(npm run *)", "Bash(npm run *)"),
        ("Bash(npm:*)", "Bash(npm:*)"),
        ("Task", "Agent"),
        ("Task(Explore)", "Agent(Explore)"),
        ("KillShell", "TaskStop"),
        ("BashOutput", "TaskOutput"),
        ("mcp__a__b", "mcp__a__b"),
        ("Bash(echo (a))", "Bash(echo (a))"),
        (r"Bash(echo \()", r"Bash(echo \()"),
        (r"Bash(grep a\.b f)", r"Bash(grep a\.b f)"),
        (r"Bash(echo a\\)", r"Bash(echo a\\)"),
        ("Edit(//tmp/**)", "Edit(//tmp/**)"),
    ] {
        let rule = Rule::parse(given).unwrap();
        assert_eq!(rule.to_string(), canonical, "{given}");
        assert_eq!(Rule::parse(canonical).unwrap(), rule, "{given}");
    }
    for content in [r"a\(b", r"\(", "(", ")(", r"a\", r"\\", r"(\)", r"(a\b)"] {
        let value = PermissionRuleValue { tool_name: "Bash".into(), rule_content: Some(content.into()) };
        let rule = Rule::from_value(&value).unwrap();
        assert_eq!(Rule::parse(&rule.to_string()).unwrap(), rule, "{content}");
        assert_eq!(rule.to_value(), value);
    }
}

#[test]
fn malformed_rules_are_named_row_106() {
    for text in [
        "",
        "Bash(",
        "Bash(ls",
        "Bash ls)",
        "Bash)",
        "Bash(ls))",
        "(ls)",
        "Bash()",
        "Bash( )",
        " Bash",
        "Bash ",
        "Ba sh",
        "Bash (ls)",
        "Bash,Read",
        "Bash(ls) ",
        "Bash(:*)",
        "mcp__a__*(x)",
        "Read(a/../b)",
        "Bash(ls",
        "Read([z-a)",
        "Read([)",
        "mcp__",
        "mcp____*",
    ] {
        let error = Rule::parse(text).expect_err(text);
        assert_eq!(error.rule, text);
        assert!(!error.reason.is_empty());
    }
    let error = RuleSet::from_options(&["Read".into(), "Bash(".into()], &[]).unwrap_err();
    assert!(error.to_string().contains("`Bash(`"), "{error}");
}

#[test]
fn globs_in_tool_names_row_104() {
    for (text, allowed) in [
        ("mcp__a__*", true),
        ("mcp__a__get_*", true),
        ("mcp__*", false),
        ("mcp__a*", false),
        ("*", false),
        ("Re*", false),
        ("Read", true),
    ] {
        let rule = Rule::parse(text).unwrap();
        assert_eq!(rule.check_behavior(PermissionBehavior::Allow).is_ok(), allowed, "{text}");
        assert!(rule.check_behavior(PermissionBehavior::Deny).is_ok());
        assert!(rule.check_behavior(PermissionBehavior::Ask).is_ok());
    }
    assert!(RuleSet::from_options(&["mcp__*".into()], &[]).is_err());
    assert!(RuleSet::from_options(&[], &["mcp__*".into()]).is_ok());
}

#[test]
fn stars_stand_for_any_text() {
    for (pattern, text, fits) in [
        ("a*", "a", true),
        ("a*b", "ab", true),
        ("a*b", "aXbX", false),
        ("*a*", "bab", true),
        ("a*a", "a", false),
        ("ab", "ab", true),
        ("a*b*c", "a-b-b-c", true),
        ("*", "", true),
    ] {
        assert_eq!(glob_text(pattern, text), fits, "{pattern} {text}");
    }
}

#[test]
fn rules_compare_server_and_tool_not_the_joined_text_row_129() {
    let pair = |server: &str, tool: &str| ServerTool { server: server.into(), tool: tool.into() };
    let allow = PermissionBehavior::Allow;
    let deny = PermissionBehavior::Deny;
    for (rule, server, tool, behavior, covers) in [
        ("mcp__a", "a", "t", allow, true),
        ("mcp__a__*", "a", "t", allow, true),
        ("mcp__a__t", "a", "t", allow, true),
        ("mcp__a__t*", "a", "tool", allow, true),
        ("mcp__a__u", "a", "t", allow, false),
        ("mcp__a", "ab", "t", allow, false),
        // The server `a__b` is not the server `a`, however the joined text reads.
        ("mcp__a", "a__b", "t", allow, false),
        ("mcp__a__*", "a__b", "t", allow, false),
        ("mcp__a__b", "a__b", "t", allow, true),
        ("mcp__a__b__t", "a__b", "t", allow, true),
        ("mcp__*", "a", "t", deny, true),
        ("*", "a", "t", deny, true),
        ("mcp__a*", "ab", "t", deny, true),
        ("mcp__*__t", "a", "t", deny, true),
        ("mcp__*__u", "a", "t", deny, false),
    ] {
        let parsed = Rule::parse(rule).unwrap();
        let name = format!("mcp__{server}__{tool}");
        let named = parsed.names_server_tool(&name, &pair(server, tool), behavior);
        assert_eq!(named, covers, "{rule} {server} {tool}");
    }
    // Without the prefix, or with a shortened name, both forms work.
    let rule = |text: &str| Rule::parse(text).unwrap();
    assert!(rule("t").names_server_tool("t", &pair("a", "t"), allow));
    assert!(rule("mcp__a__t").names_server_tool("t", &pair("a", "t"), allow));
}
