//! How long a permission decision takes: a pipeline of 20 commands, with its parse and without. Prints one JSON object.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring stick, not part of the engine"
)]

use native_agent_sdk::engine::io::files::HostFiles;
use native_agent_sdk::engine::io::fs::links;
use native_agent_sdk::engine::permission::{
    Call, CommandLine, PermissionMode, PolicyContext, Resolved, RuleSet, Verdict, decide, may_find,
};
use native_agent_sdk::engine::tool::Access;
use native_agent_sdk::engine::tool::resolver::Resolver;
use serde_json::json;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: u32 = 2_000;

fn main() {
    let parts = [
        "cat Cargo.toml",
        "grep -v '^#'",
        "sed 's/a/b/g'",
        "tr -d '\"'",
        "cut -d= -f1",
        "sort -u",
        "uniq -c",
        "head -n 100",
        "tail -n +2",
        "npm run format",
        "timeout 5 npm run check",
        "NODE_ENV=test npm run filter -- --all",
        "grep -E 'a|b'",
        "wc -l",
        "git log --oneline -5",
        "cargo metadata --offline",
        "nl",
        "rev",
        "paste -s",
        "fold -w 80",
    ];
    assert_eq!(parts.len(), 20);
    let line = format!("{} > /dev/null 2>&1", parts.join(" | "));
    let allow = ["Bash(npm run *)", "Bash(cargo metadata:*)", "Bash(make:*)", "Read(src/**)", "Edit(src/**)"];
    let deny = ["Bash(rm:*)", "Bash(git push:*)", "Read(.env)"];
    let rules = RuleSet::from_options(&allow.map(String::from), &deny.map(String::from)).unwrap();
    let cwd = std::env::current_dir().unwrap();
    let (input, access) = (json!({ "command": line }), Access::RunCommand(line.clone()));
    let judge = |parsed: Option<&CommandLine>, resolve: &dyn Fn(&Path) -> Resolved| {
        let call = Call {
            server_tool: None,
            tool: "Bash",
            input: &input,
            access: &access,
            resolved: None,
            as_given: None,
            needs_person: false,
            line: parsed,
        };
        let cx = PolicyContext {
            mode: PermissionMode::Default,
            rules: &rules,
            cwd: &cwd,
            current: &cwd,
            additional: &[],
            handed: None,
            home: None,
            resolve,
            linked: &|dir, pattern| links(dir, |name| may_find(pattern, name)),
            folder: &|_| None,
        };
        decide(&call, &cx, None)
    };
    let parsed = CommandLine::parse(&line);
    let on_disk = |parsed: Option<&CommandLine>| {
        let resolver = Resolver::new(Arc::new(HostFiles));
        judge(parsed, &|path| resolver.find(path))
    };
    let in_memory = |path: &Path| Resolved { target: path.to_path_buf(), entry: path.to_path_buf() };
    assert_eq!(on_disk(None).verdict, Verdict::Allow, "{:?}", on_disk(None));
    let best = |work: &dyn Fn()| {
        let one = |_| {
            let began = Instant::now();
            work();
            began.elapsed().as_secs_f64() * 1e6
        };
        let mut times: Vec<f64> = (0..ROUNDS).map(one).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let whole = best(&|| drop(black_box(on_disk(None))));
    let rest = best(&|| drop(black_box(on_disk(Some(&parsed)))));
    let pure = best(&|| drop(black_box(judge(Some(&parsed), &in_memory))));
    println!("{}", json!({ "withParseMicros": whole, "afterParseMicros": rest, "withoutDiskMicros": pure }));
}
