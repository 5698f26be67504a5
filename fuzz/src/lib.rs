//! What must hold for every command line and every rule, whatever they are made of.

use native_agent_sdk::engine::permission::{
    Call, Decision, PermissionBehavior, PermissionMode, PermissionUpdateDestination, PolicyContext, Resolved, Rule, RuleSet,
    Verdict, decide,
};
use native_agent_sdk::engine::tool::Access;
use serde_json::json;
use std::path::{Component, Path, PathBuf};

/// A decision on a shell command, on a disk without links.
pub fn judge(line: &str, mode: PermissionMode, rules: &RuleSet) -> Decision {
    let (input, access) = (json!({ "command": line }), Access::RunCommand(line.to_owned()));
    let call = Call {
        tool: "Bash",
        input: &input,
        access: &access,
        resolved: None,
        as_given: None,
        needs_person: false,
        server_tool: None,
        line: None,
    };
    let cx = PolicyContext {
        mode,
        rules,
        cwd: Path::new("/home/me/app"),
        current: Path::new("/home/me/app"),
        additional: &[],
        handed: None,
        home: Some(Path::new("/home/me")),
        resolve: &|path| Resolved::by(path, lexical),
        linked: &|_, _| false,
        folder: &|_| None,
    };
    decide(&call, &cx, None)
}

fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

fn rules(texts: &[&str], behavior: PermissionBehavior) -> RuleSet {
    let mut rules = RuleSet::default();
    for text in texts {
        let rule = Rule::parse(text).expect("a rule");
        rules.add(rule, behavior, PermissionUpdateDestination::CliArg).expect("a rule that may be used");
    }
    rules
}

/// Properties of the decision on a line.
pub fn command_line(data: &[u8]) {
    let Ok(line) = std::str::from_utf8(data) else { return };
    let none = RuleSet::default();
    let allow = rules(&["Bash(make:*)", "Bash(npm run *)", "Bash(touch:*)"], PermissionBehavior::Allow);
    for mode in [PermissionMode::Default, PermissionMode::AcceptEdits, PermissionMode::Plan] {
        for rules in [&none, &allow] {
            let found = judge(line, mode, rules);
            assert_eq!(found, judge(line, mode, rules), "the decision on {line:?} is not always the same");
            // What is allowed is complete: a command behind it is a command, and nobody allowed that one.
            if found.verdict == Verdict::Allow {
                for more in [format!("{line}\npwned"), format!("pwned\n{line}"), format!("pwned; {line}")] {
                    assert_ne!(judge(&more, mode, rules).verdict, Verdict::Allow, "{line:?} hides what {more:?} runs");
                }
            }
        }
    }
    // In front of anything, a denied command is denied or asked about.
    let deny = rules(&["Bash(pwned:*)"], PermissionBehavior::Deny);
    let bypass = PermissionMode::BypassPermissions;
    for more in [format!("pwned\n{line}"), format!("pwned a; {line}")] {
        assert_ne!(judge(&more, bypass, &deny).verdict, Verdict::Allow, "{more:?}");
    }
    judge(line, bypass, &deny);
    // The first line of the data as a rule, the rest as a command: no panic, and an exact rule covers its own text.
    if let Some((rule, command)) = line.split_once('\n')
        && let Ok(rule) = Rule::parse(&format!("Bash({rule})"))
    {
        for behavior in [PermissionBehavior::Allow, PermissionBehavior::Deny] {
            let mut set = RuleSet::default();
            if set.add(rule.clone(), behavior, PermissionUpdateDestination::Session).is_ok() {
                judge(command, PermissionMode::Default, &set);
                judge(command, bypass, &set);
            }
        }
    }
}

/// Properties of rules: what parses has one text, which parses to the same rule.
pub fn rule(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(rule) = Rule::parse(text) else { return };
    let written = rule.to_string();
    let again = Rule::parse(&written).unwrap_or_else(|error| panic!("{text:?} is written as {written:?}: {error}"));
    assert_eq!(again, rule, "{text:?} is written as {written:?}");
    let value = rule.to_value();
    let from_value = Rule::from_value(&value).unwrap_or_else(|error| panic!("{text:?} as a value: {error}"));
    assert_eq!(from_value, rule);
    for name in ["Bash", "Read", "mcp__a__b", text] {
        rule.names_tool(name);
    }
}
