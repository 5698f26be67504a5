#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::{PermissionBehavior, PermissionUpdateDestination, Rule, RuleSet};

fn warned(text: &str, behavior: PermissionBehavior) -> Option<String> {
    let mut rules = RuleSet::default();
    rules.add(Rule::parse(text).unwrap(), behavior, PermissionUpdateDestination::CliArg).unwrap();
    let mut found = rules.warnings();
    assert!(found.len() <= 1);
    found.pop()
}

#[test]
fn primary_fields_are_no_parameters_row_103() {
    use PermissionBehavior::Deny;
    for text in [
        "Bash(command:rm *)",
        "Read(file_path:/x)",
        "NotebookEdit(notebook_path:/x)",
        "Grep(path:/x)",
        "WebFetch(url:x)",
    ] {
        let warning = warned(text, Deny).expect(text);
        assert!(warning.contains(text) && warning.contains("is ignored"), "{warning}");
    }
    for text in ["Bash(rm:*)", "Bash(timeout:5)", "Agent(model:opus)", "WebFetch(domain:a.org)", "Read(a)"] {
        assert_eq!(warned(text, Deny), None, "{text}");
    }
}

#[test]
fn unknown_tools_are_named_row_105() {
    use PermissionBehavior::{Allow, Ask, Deny};
    for (text, behavior, warns) in [
        ("Bsah", Deny, true),
        ("Bsah", Ask, true),
        ("Bsah", Allow, false),
        ("Bash", Deny, false),
        ("Task", Deny, false),
        ("KillShell", Deny, false),
        ("mcp__db", Deny, false),
        ("my_tool", Deny, false),
        ("Web*", Deny, false),
    ] {
        assert_eq!(warned(text, behavior).is_some(), warns, "{text} {behavior:?}");
    }
}

#[test]
fn path_rules_that_allow_nothing_are_named_row_123() {
    use PermissionBehavior::{Allow, Deny};
    for (text, instead) in [
        ("Write(src/**)", "Edit("),
        ("NotebookEdit(a)", "Edit("),
        ("MultiEdit(a)", "Edit("),
        ("Glob(a)", "Read("),
    ] {
        assert!(warned(text, Allow).expect(text).contains(instead), "{text}");
        assert_eq!(warned(text, Deny), None, "a deny rule stops: {text}");
    }
    for text in ["Write", "Edit(src/**)", "Read(a)", "Grep(a)"] {
        assert_eq!(warned(text, Allow), None, "{text}");
    }
}

#[test]
fn rules_that_no_call_can_meet_are_refused_row_128_row_129() {
    use PermissionBehavior::{Allow, Ask, Deny};
    let add = |text: &str, behavior| {
        let rule = Rule::parse(text)?;
        RuleSet::default().add(rule, behavior, PermissionUpdateDestination::CliArg)
    };
    for (text, right) in [
        ("WebFetch(x)", "`WebFetch(domain:example.com)`"),
        ("WebFetch(example.com)", "`WebFetch(domain:example.com)`"),
        ("WebFetch(domain:)", "`WebFetch(domain:example.com)`"),
        ("WebFetch(https://example.com)", "`WebFetch(domain:example.com)`"),
        ("WebSearch(x)", "`WebSearch` alone"),
        ("mcp__", "`mcp__<server>`"),
        ("mcp____tool", "`mcp__<server>`"),
        ("mcp__db__", "`mcp__db__*`"),
        ("mcp__db__get(x)", "`mcp__db__get` alone"),
        ("Read([)", r"`\[`"),
        ("Edit(src/[a-)", r"`\[`"),
    ] {
        for behavior in [Allow, Deny, Ask] {
            let error = add(text, behavior).expect_err(text);
            assert_eq!(error.rule, text);
            assert!(error.reason.contains(right), "{text}: {}", error.reason);
        }
    }
    for text in ["WebFetch(prompt:x)", "WebFetch(url:x)", "WebSearch(query:x)", "mcp__db__get(table:x)"] {
        assert!(add(text, Allow).is_err(), "{text}");
        assert_eq!((add(text, Deny), add(text, Ask)), (Ok(()), Ok(())), "{text}");
    }
    for text in [
        "WebFetch",
        "WebFetch(*)",
        "WebFetch(domain:*)",
        "WebSearch",
        "WebSearch(*)",
        "mcp__db",
        "mcp__db__*",
        "mcp__db__get",
        "Agent(x)",
        "Skill(x *)",
        "Read([ab])",
        r"Read(\[)",
    ] {
        assert_eq!(add(text, Allow), Ok(()), "{text}");
    }
    assert_eq!(add("mcp__*", Deny), Ok(()));
}
