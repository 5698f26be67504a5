#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::testing::{Session, short};
use super::super::{PermissionMode, PermissionUpdate, Reason, RuleSet, denial_text};
use crate::engine::tool::Access;
use PermissionMode::{AcceptEdits, Auto, BypassPermissions, Default, DontAsk, Plan};
use serde_json::{Value, json};

const MODES: [PermissionMode; 6] = [Default, AcceptEdits, BypassPermissions, Auto, DontAsk, Plan];

#[test]
fn every_mode_meets_every_kind_of_rule_row_57_row_58() {
    // Columns: the modes in the order of MODES.
    let inside = "/home/me/app/src/a.rs";
    type Row = (&'static str, fn(Session) -> Session, [&'static str; 6], [&'static str; 6]);
    let rows: [Row; 7] = [
        (
            "no rule",
            |s| s,
            ["allow inside", "allow inside", "allow mode", "allow inside", "deny nothing", "allow inside"],
            ["ask nothing", "allow mode", "allow mode", "ask nothing", "deny nothing", "deny plan"],
        ),
        (
            "bare allow",
            |s| s.allow(&["Read", "Write"]),
            ["allow rule", "allow rule", "allow mode", "allow rule", "allow rule", "allow rule"],
            ["allow rule", "allow mode", "allow mode", "allow rule", "allow rule", "deny plan"],
        ),
        (
            "path allow",
            |s| s.allow(&["Edit(src/**)"]),
            ["allow rule", "allow rule", "allow mode", "allow rule", "allow rule", "allow rule"],
            ["allow rule", "allow mode", "allow mode", "allow rule", "allow rule", "deny plan"],
        ),
        (
            "ask and allow",
            |s| s.ask(&["Read(src/**)", "Edit(src/**)"]).allow(&["Read", "Write"]),
            ["ask rule", "ask rule", "ask rule", "ask rule", "deny rule", "ask rule"],
            ["ask rule", "ask rule", "ask rule", "ask rule", "deny rule", "deny plan"],
        ),
        (
            "deny and allow",
            |s| s.deny(&["Read(src/**)"]).allow(&["Read", "Write"]),
            ["deny rule"; 6],
            ["deny rule"; 6],
        ),
        (
            "bare deny",
            |s| s.deny(&["Read", "Write"]).allow(&["Edit(src/**)"]),
            ["deny rule"; 6],
            ["deny rule"; 6],
        ),
        (
            "deny everything",
            |s| s.deny(&["*"]).ask(&["*"]).allow(&["Read", "Write"]),
            ["deny rule"; 6],
            ["deny rule"; 6],
        ),
    ];
    for (name, rules, reads, writes) in rows {
        for (at, mode) in MODES.into_iter().enumerate() {
            let session = rules(Session::new(mode));
            assert_eq!(session.read(inside), reads[at], "reading, {name}, {mode}");
            assert_eq!(session.write(inside), writes[at], "writing, {name}, {mode}");
        }
    }
}

#[test]
fn reads_outside_ask_row_134() {
    let session = Session::new(Default);
    assert_eq!(session.read("/home/me/app/a"), "allow inside");
    assert_eq!(session.read("/srv/lib/a"), "allow inside");
    assert_eq!(session.read("/mnt/app/a"), "allow inside");
    assert_eq!(session.read("/home/me/app2/a"), "ask outside");
    assert_eq!(session.read("/etc/passwd"), "ask outside");
    assert_eq!(session.read("/home/me/app/../x"), "ask outside");
    assert_eq!(session.read("/home/me/app/link/passwd"), "ask outside");
    let edits = Session::new(AcceptEdits);
    assert_eq!(edits.write("/srv/lib/a"), "allow mode");
    assert_eq!(edits.write("/etc/x"), "ask outside");
    assert_eq!(edits.write("/home/me/app/out.txt"), "ask outside");
}

#[test]
fn protected_places_ask_row_135_row_136() {
    for mode in [Default, AcceptEdits, BypassPermissions, Auto] {
        let session = Session::new(mode).allow(&["Write", "Edit(//**)"]);
        for path in [
            ".git/config",
            ".git/hooks/x",
            "sub/.git/x",
            ".GIT/x",
            ".config/git/ignore",
            ".vscode/a",
            ".idea/a",
            ".husky/a",
            ".cargo/config.toml",
            ".devcontainer/a",
            ".yarn/a",
            ".mvn/a",
            ".claude/settings.json",
            ".gitconfig",
            ".gitmodules",
            ".bashrc",
            ".zshrc",
            ".profile",
            ".envrc",
            ".npmrc",
            ".yarnrc.yml",
            ".pnp.cjs",
            "bunfig.toml",
            ".bazelrc",
            ".pre-commit-config.yaml",
            "lefthook.yml",
            "gradle/wrapper/gradle-wrapper.properties",
            ".devcontainer.json",
            ".ripgreprc",
            "pyrightconfig.json",
            ".mcp.json",
            ".claude.json",
            "hooks/pre-commit",
            ".claude/worktrees/a/.git/x",
        ] {
            assert_eq!(session.write(&format!("/home/me/app/{path}")), "ask protected", "{path} {mode}");
        }
    }
    let session = Session::new(AcceptEdits);
    for path in [".claude/worktrees/a", ".github/x", ".gitignore", ".env", "git/config", ".config/x"] {
        assert_eq!(session.write(&format!("/home/me/app/{path}")), "allow mode", "{path}");
    }
    assert_eq!(session.read("/home/me/app/.git/config"), "allow inside");
}

#[test]
fn protected_writes_by_mode_row_137() {
    let path = "/home/me/app/.git/config";
    assert_eq!(Session::new(DontAsk).allow(&["Write"]).write(path), "deny protected");
    assert_eq!(Session::new(Plan).write(path), "deny plan");
    assert_eq!(Session::new(BypassPermissions).deny(&["Edit(.git/**)"]).write(path), "deny rule");
}

#[test]
fn symlinks_must_match_twice_to_allow_row_126() {
    let read = |rules: &[&str]| Session::new(Default).allow(rules).read("/home/me/app/link/passwd");
    assert_eq!(read(&["Read(link/**)"]), "ask outside");
    assert_eq!(read(&["Read(//etc/**)"]), "ask outside");
    assert_eq!(read(&["Read(link/**)", "Read(//etc/**)"]), "allow rule");
    let deny = |rule: &str| Session::new(BypassPermissions).deny(&[rule]).read("/home/me/app/link/passwd");
    assert_eq!(deny("Read(link/**)"), "deny rule");
    assert_eq!(deny("Read(//etc/**)"), "deny rule");
    assert_eq!(deny("Read(other/**)"), "allow mode");
}

#[test]
fn edit_rules_govern_all_writers_row_123_row_124() {
    let judge = |session: &Session, tool: &str, write: bool| {
        let path = "/home/me/app/src/a".into();
        let access = if write { Access::WritePath(path) } else { Access::ReadPath(path) };
        short(&session.decide(tool, &json!({}), &access))
    };
    let edit = Session::new(DontAsk).allow(&["Edit(src/**)"]);
    for tool in ["Edit", "Write", "NotebookEdit"] {
        assert_eq!(judge(&edit, tool, true), "allow rule", "{tool}");
    }
    for tool in ["Read", "Grep", "Glob"] {
        assert_eq!(judge(&edit, tool, false), "allow rule", "{tool}");
    }
    let unread = Session::new(BypassPermissions).deny(&["Read(src/**)"]);
    assert_eq!(judge(&unread, "Edit", true), "deny rule");
    assert_eq!(judge(&unread, "Write", true), "deny rule");
    assert_eq!(judge(&unread, "NotebookEdit", true), "allow mode");
    assert_eq!(judge(&unread, "Grep", false), "deny rule");
    let unwritten = Session::new(BypassPermissions).deny(&["Edit(src/**)"]);
    assert_eq!(judge(&unwritten, "NotebookEdit", true), "deny rule");
    assert_eq!(judge(&unwritten, "Read", false), "allow mode");
    // Path rules for other writers stop, but do not allow.
    assert_eq!(judge(&Session::new(DontAsk).allow(&["Write(src/**)"]), "Write", true), "deny nothing");
    assert_eq!(judge(&Session::new(BypassPermissions).deny(&["Write(src/**)"]), "Write", true), "deny rule");
    // An allow rule without a path governs the same tools; a deny rule without one takes its own tool away.
    let edit = Session::new(DontAsk).allow(&["Edit"]);
    for (tool, write) in
        [("Edit", true), ("Write", true), ("NotebookEdit", true), ("Read", false), ("Grep", false)]
    {
        assert_eq!(judge(&edit, tool, write), "allow rule", "{tool}");
    }
    let read = Session::new(DontAsk).allow(&["Read"]);
    assert_eq!(judge(&read, "Glob", false), "allow rule");
    assert_eq!(judge(&read, "Write", true), "deny nothing");
    assert_eq!(judge(&Session::new(DontAsk).allow(&["Write"]), "Edit", true), "deny nothing");
    let gone = Session::new(BypassPermissions).deny(&["Edit"]);
    assert_eq!(judge(&gone, "Edit", true), "deny rule");
    assert_eq!(judge(&gone, "Write", true), "allow mode");
}

fn other(session: &Session, tool: &str, input: &Value, access: &Access) -> String {
    short(&session.decide(tool, input, access))
}

#[test]
fn web_rules_compare_hosts_row_128() {
    let host = |rule: &str, host: &str| {
        other(&Session::new(Default).allow(&[rule]), "WebFetch", &json!({}), &Access::ReachHost(host.into()))
    };
    for (rule, name, expected) in [
        ("WebFetch(domain:example.com)", "example.com", "allow rule"),
        ("WebFetch(domain:Example.com)", "EXAMPLE.com.", "allow rule"),
        ("WebFetch(domain:example.com)", "a.example.com", "ask nothing"),
        ("WebFetch(domain:example.com)", "notexample.com", "ask nothing"),
        ("WebFetch(domain:*.example.com)", "a.b.example.com", "allow rule"),
        ("WebFetch(domain:*.example.com)", "example.com", "ask nothing"),
        ("WebFetch(domain:*.example.com)", "example.com.evil.org", "ask nothing"),
        ("WebFetch(domain:api-*.example.com)", "api-1.example.com", "allow rule"),
        ("WebFetch(domain:api-*.example.com)", "api-1.x.example.com", "ask nothing"),
        ("WebFetch(domain:*)", "anything.org", "allow rule"),
        ("WebFetch", "anything.org", "allow rule"),
    ] {
        assert_eq!(host(rule, name), expected, "{rule} {name}");
    }
    let plan = Session::new(Plan);
    assert_eq!(other(&plan, "WebFetch", &json!({}), &Access::ReachHost("a".into())), "deny plan");
    let plan = Session::new(Plan).allow(&["WebFetch(domain:a)"]);
    assert_eq!(other(&plan, "WebFetch", &json!({}), &Access::ReachHost("a".into())), "allow rule");
}

#[test]
fn names_of_servers_agents_and_skills_row_129_row_130() {
    let judge = |rule: &str, tool: &str, input: Value| {
        other(&Session::new(BypassPermissions).deny(&[rule]), tool, &input, &Access::None)
    };
    for (rule, tool, input, expected) in [
        ("mcp__db", "mcp__db__query", json!({}), "deny rule"),
        ("mcp__db", "mcp__db2__query", json!({}), "allow mode"),
        ("mcp__db__*", "mcp__db__query", json!({}), "deny rule"),
        ("mcp__db__query", "mcp__db__query", json!({}), "deny rule"),
        ("mcp__db__query", "mcp__db__query2", json!({}), "allow mode"),
        ("mcp__*", "mcp__db__query", json!({}), "deny rule"),
        ("*", "TodoWrite", json!({}), "deny rule"),
        ("Agent(Explore)", "Agent", json!({ "subagent_type": "Explore" }), "deny rule"),
        ("Task(Explore)", "Agent", json!({ "subagent_type": "Explore" }), "deny rule"),
        ("Agent(Explore)", "Task", json!({ "subagent_type": "Explore" }), "deny rule"),
        ("Agent(Explore)", "Agent", json!({ "subagent_type": "Plan" }), "allow mode"),
        ("Agent(model:opus)", "Agent", json!({ "model": "opus" }), "deny rule"),
        ("Skill(pdf)", "Skill", json!({ "skill": "pdf" }), "deny rule"),
        ("Skill(pdf)", "Skill", json!({ "skill": "pdfs" }), "allow mode"),
        ("Skill(pdf *)", "Skill", json!({ "skill": "pdf fill" }), "deny rule"),
        ("Skill(pdf:*)", "Skill", json!({ "skill": "pdf" }), "deny rule"),
    ] {
        assert_eq!(judge(rule, tool, input), expected, "{rule} {tool}");
    }
    let allowed = Session::new(DontAsk).allow(&["mcp__db__get_*"]);
    assert_eq!(other(&allowed, "mcp__db__get_x", &json!({}), &Access::None), "allow rule");
    assert_eq!(other(&allowed, "mcp__db__put", &json!({}), &Access::None), "deny nothing");
    assert_eq!(other(&Session::new(Plan), "mcp__db__put", &json!({}), &Access::None), "deny plan");
    assert_eq!(other(&Session::new(Plan), "TodoWrite", &json!({}), &Access::None), "allow free");
}

#[test]
fn parameters_match_in_deny_and_ask_rules_only_row_102_row_103() {
    let input = json!({ "command": "ls", "run_in_background": true, "timeout": 5 });
    let access = Access::RunCommand("ls".into());
    let deny = |rule: &str| other(&Session::new(BypassPermissions).deny(&[rule]), "Bash", &input, &access);
    assert_eq!(deny("Bash(run_in_background:true)"), "deny rule");
    assert_eq!(deny("Bash(run_in_background : true)"), "deny rule");
    assert_eq!(deny("Bash(run_in_background:false)"), "allow mode");
    assert_eq!(deny("Bash(timeout:*)"), "deny rule");
    assert_eq!(deny("Bash(missing:*)"), "allow mode");
    assert_eq!(deny("Bash(command:l*)"), "allow mode");
    let allow = Session::new(DontAsk).allow(&["Bash(run_in_background:true)"]);
    assert_eq!(other(&allow, "Bash", &input, &access), "deny nothing");
    let search = Session::new(BypassPermissions).deny(&["WebSearch(query:x*)"]);
    let ask =
        |query: &str| other(&search, "WebSearch", &json!({ "query": query }), &Access::ReachHost("h".into()));
    assert_eq!((ask("xy"), ask("yx")), ("deny rule".into(), "allow mode".into()));
}

#[test]
fn suggestions_for_paths_stop_the_next_question_row_91_row_127() {
    for (path, write) in [
        ("/etc/a b/[x]*.txt", false),
        ("/etc/a b/[x]*.txt", true),
        ("/home/me/app/link/x", false),
        ("/home/me/app/link/x", true),
        ("/home/me/app/src/new", true),
        ("/vmlinuz", false),
    ] {
        let mut session = Session::new(Default);
        let access = if write { Access::WritePath(path.into()) } else { Access::ReadPath(path.into()) };
        let decision = session.decide("Tool", &json!({}), &access);
        assert!(short(&decision).starts_with("ask"), "{path}");
        for update in &decision.suggestions {
            session.rules.apply(update).unwrap();
            if let PermissionUpdate::SetMode { mode, .. } = update {
                session.mode = *mode;
            }
        }
        let after = short(&session.decide("Tool", &json!({}), &access));
        assert!(after.starts_with("allow"), "{path}: {after} {:?}", decision.suggestions);
    }
    let outside = Session::new(Default).decide("Read", &json!({}), &Access::ReadPath("/etc/x".into()));
    assert_eq!(outside.blocked_path.as_deref(), Some(std::path::Path::new("/etc/x")));
    let search = Session::new(Default).decide("WebFetch", &json!({}), &Access::ReachHost("a.org".into()));
    assert_eq!(
        serde_json::to_value(&search.suggestions).unwrap(),
        json!([{
            "type": "addRules",
            "rules": [{ "toolName": "WebFetch", "ruleContent": "domain:a.org" }],
            "behavior": "allow",
            "destination": "session",
        }])
    );
}

#[test]
fn denials_name_what_is_missing_row_83() {
    let session = Session::new(Default).deny(&["Bash(rm:*)"]);
    let decision = session.bash("rm a");
    let text = denial_text("Bash", &decision.reason, &json!({ "command": "rm a" }));
    assert!(text.contains("Bash(rm:*)") && text.contains("`rm a`"), "{text}");
    let text = denial_text("Write", &Reason::NothingAllows, &json!({ "file_path": "/x", "content": "y" }));
    assert!(text.contains("permission to use Write") && text.contains("`/x`"), "{text}");
    let long = denial_text("Bash", &Reason::PlanMode, &json!({ "command": "x".repeat(10_000) }));
    assert!(long.len() < 1_000);
    assert_eq!(decision.reason.kind(), "rule");
    assert_eq!(Reason::Mode(Default).kind(), "mode");
    assert_eq!(Reason::OutsideWorkingDirectories.kind(), "workingDir");
    assert_eq!(Reason::CriticalRemoval.kind(), "safetyCheck");
    assert_eq!(Reason::NothingAllows.kind(), "other");
}

#[test]
fn a_denied_tool_is_not_offered_row_64() {
    let rules =
        RuleSet::from_options(&[], &["WebSearch".into(), "Bash(rm:*)".into(), "mcp__*".into()]).unwrap();
    assert!(rules.denies_tool("WebSearch").is_some());
    assert!(rules.denies_tool("mcp__a__b").is_some());
    assert!(rules.denies_tool("Bash").is_none());
}
