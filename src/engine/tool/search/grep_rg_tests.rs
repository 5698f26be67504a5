#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]
//! Grep and Glob compared with ripgrep itself over this project's own tree. Needs `rg`; in CI its absence is a failure.

use super::*;
use crate::engine::tool::{ToolContent, search::glob::Glob, test_support};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn tree() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
}

/// What ripgrep prints, sorted; `None` where it is not installed, except in CI.
fn rg(args: &[&str]) -> Option<BTreeSet<String>> {
    let fixed = ["--no-config", "--color=never", "--hidden", "--no-ignore-global", "--glob=!.git"];
    match Command::new("rg").args(fixed).args(args).arg(tree()).output() {
        Ok(done) => {
            assert!(done.status.code().is_some_and(|code| code < 2), "{done:?}");
            Some(String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect())
        }
        Err(error) if std::env::var_os("CI").is_some() => panic!("ripgrep is needed for this test: {error}"),
        Err(_) => None,
    }
}

async fn lines(tool: &dyn Tool, input: Value) -> BTreeSet<String> {
    let dir = tempfile::tempdir().unwrap();
    let output = tool.run(input, &test_support::context(dir.path())).await.unwrap();
    match output.content {
        ToolContent::Text(text) => text.lines().map(str::to_owned).collect(),
        ToolContent::Blocks(blocks) => panic!("{blocks:?}"),
    }
}

#[tokio::test]
async fn grep_finds_what_ripgrep_finds_row_269_row_271() {
    for (pattern, more, args) in [
        (r"fn \w+_row", json!({}), &[][..]),
        ("cancel", json!({ "-i": true }), &["-i"]),
        ("Cancelled", json!({ "type": "rust" }), &["-trust"]),
        (r"^use ", json!({ "glob": "*_tests.rs" }), &["-g*_tests.rs"]),
        ("import", json!({ "glob": "!*.rs" }), &["-g!*.rs"]),
        (r"\bToolError::\w+", json!({ "-o": true }), &["-o"]),
        (r"é|…", json!({}), &[]),
    ] {
        let input = |mode: &str| {
            let mut input =
                json!({ "pattern": pattern, "path": tree(), "output_mode": mode, "head_limit": 0 });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let with = |own: &[&'static str]| rg(&[own, args, &["-e", pattern]].concat());
        let Some(expected) = with(&["-n", "--no-heading"]) else { return };
        assert!(!expected.is_empty(), "{pattern}");
        // Long lines are cut here.
        let short = |lines: BTreeSet<String>| -> BTreeSet<String> {
            lines.into_iter().filter(|line| line.chars().count() < 500).collect()
        };
        assert_eq!(short(lines(&Grep::new(), input("content")).await), short(expected), "{pattern} {more}");
        let files = lines(&Grep::new(), input("files_with_matches")).await;
        let expected = with(&["-l"]).unwrap();
        assert!(expected.is_subset(&files), "{pattern} {more}");
        assert!(files.iter().filter(|line| line.starts_with('/')).all(|file| expected.contains(file)));
        let counts = lines(&Grep::new(), input("count")).await;
        if !args.contains(&"-o") {
            assert!(with(&["-c"]).unwrap().is_subset(&counts), "{pattern} {more}");
        }
    }
}

#[tokio::test]
async fn glob_finds_what_ripgrep_lists_row_267() {
    for pattern in ["**/*.md", "engine/tool/text/*.md", "**/{mod,main}.rs", "**/sse*.rs"] {
        let Some(expected) = rg(&["--files", "--no-ignore", "-g", pattern.rsplit('/').next().unwrap()])
        else {
            return;
        };
        let base = tree().to_string_lossy().into_owned();
        let matcher =
            globset::GlobBuilder::new(pattern).literal_separator(true).build().unwrap().compile_matcher();
        let expected: BTreeSet<String> = expected
            .into_iter()
            .filter(|file| matcher.is_match(Path::new(file).strip_prefix(&base).unwrap()))
            .collect();
        assert!(!expected.is_empty() && expected.len() <= 100, "{pattern}: {}", expected.len());
        assert_eq!(
            lines(&Glob::new(), json!({ "pattern": pattern, "path": tree() })).await,
            expected,
            "{pattern}"
        );
    }
}
