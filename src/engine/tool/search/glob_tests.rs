#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::clock::Clock;
use crate::engine::tool::{
    schema::InputSchema,
    test_scene::{self, text},
};
use std::time::Duration;

type Scene = test_scene::Scene<Glob>;

impl Scene {
    /// Files in a workspace, the first one the oldest.
    fn new(files: &[&str]) -> Self {
        let files: Vec<_> = files.iter().map(|name| (*name, "")).collect();
        Self::of(Glob::new()).with_files(&files)
    }

    async fn pattern(&self, pattern: &str) -> Vec<String> {
        let mut names = self.names(json!({ "pattern": pattern })).await;
        names.sort();
        names
    }
}

#[test]
fn the_schema_takes_the_documented_input() {
    let glob = Glob::new();
    let schema = InputSchema::compile(glob.input_schema()).unwrap();
    schema.check(&json!({ "pattern": "*", "path": "src" })).unwrap();
    schema.check(&json!({ "path": "src" })).unwrap_err();
    schema.check(&json!({ "pattern": "*", "limit": 1 })).unwrap_err();
    assert_eq!(glob.name(), "Glob");
    assert!(glob.description().len() > 300);
}

#[test]
fn a_call_declares_the_directory_it_reads_row_123_row_268() {
    let workspace = Workspace::new("/w".into(), Vec::new());
    workspace.set_current("/w/sub".into());
    for (input, root, pattern) in [
        (json!({ "pattern": "*.rs" }), "/w/sub", "*.rs"),
        (json!({ "pattern": "src/./a/*.rs" }), "/w/sub/src/a", "*.rs"),
        (json!({ "pattern": "src/**/a/*.rs" }), "/w/sub/src", "**/a/*.rs"),
        (json!({ "pattern": "{a,b}/c/*" }), "/w/sub", "{a,b}/c/*"),
        (json!({ "pattern": "src/main.rs" }), "/w/sub/src", "main.rs"),
        (json!({ "pattern": "*", "path": "x" }), "/w/sub/x", "*"),
        (json!({ "pattern": "*", "path": "/x" }), "/x", "*"),
        (json!({ "pattern": "/etc/**/*.conf", "path": "/x" }), "/etc", "**/*.conf"),
        (json!({ "pattern": "/*" }), "/", "*"),
        (json!({ "pattern": "../../etc/*" }), "/w/sub/../../etc", "*"),
    ] {
        let declared = Declared { access: Access::ReadPath(root.into()), parallel: true };
        assert_eq!(Glob::new().prepare(&input, &workspace), Ok(declared), "{input}");
        assert_eq!(Target::of(&parse(&input).unwrap(), &workspace.current()).pattern, pattern);
    }
    for input in
        [json!({ "pattern": "a\0" }), json!({ "pattern": "*", "path": "\0" }), json!({ "pattern": "" })]
    {
        assert!(matches!(Glob::new().prepare(&input, &workspace), Err(ToolError::Respond(_))), "{input}");
    }
}

#[tokio::test]
async fn names_are_absolute_and_the_newest_comes_first_row_267() {
    let scene = Scene::new(&["b.ts", "d/a.ts", "c.ts", "x.js"]);
    let output = scene.run(json!({ "pattern": "**/*.ts" })).await.unwrap();
    let root = scene.root();
    let names = [format!("{root}/c.ts"), format!("{root}/d/a.ts"), format!("{root}/b.ts")];
    assert_eq!(text(&output), names.join("\n"));
    assert!(output.structured["durationMs"].is_u64());
    let mut structured = output.structured;
    structured["durationMs"] = json!(0);
    let expected = json!({
        "durationMs": 0, "numFiles": 3, "filenames": names, "truncated": false, "totalMatches": 3, "countIsComplete": true
    });
    assert_eq!(structured, expected);
}

#[tokio::test]
async fn patterns_match_as_globs_do() {
    let scene = Scene::new(&[
        "a.ts",
        "b.tsx",
        "src/c.ts",
        "src/deep/d.ts",
        "src/deep/e.rs",
        "lib/f.ts",
        "we [ird].ts",
        "ü.ts",
    ]);
    for (pattern, expected) in [
        ("*.ts", vec!["a.ts", "we [ird].ts", "ü.ts"]),
        ("./*.tsx", vec!["b.tsx"]),
        ("**/*.rs", vec!["src/deep/e.rs"]),
        ("src/*.ts", vec!["src/c.ts"]),
        ("src/**", vec!["src/c.ts", "src/deep/d.ts", "src/deep/e.rs"]),
        ("{src,lib}/*.ts", vec!["lib/f.ts", "src/c.ts"]),
        ("{src/deep,lib}/*.ts", vec!["lib/f.ts", "src/deep/d.ts"]),
        ("**/*.{rs,tsx}", vec!["b.tsx", "src/deep/e.rs"]),
        ("[ab].ts*", vec!["a.ts", "b.tsx"]),
        ("?.ts", vec!["a.ts"]),
        ("we \\[ird\\].ts", vec!["we [ird].ts"]),
        ("src/c.ts", vec!["src/c.ts"]),
        ("*/*/d.ts", vec!["src/deep/d.ts"]),
        ("src", vec![]),
        ("missing/**/*.ts", vec![]),
        ("a.ts/*", vec![]),
    ] {
        assert_eq!(scene.pattern(pattern).await, expected, "{pattern}");
    }
    let absolute = format!("{}/src/**/*.rs", scene.root());
    assert_eq!(scene.pattern(&absolute).await, ["src/deep/e.rs"]);
}

#[tokio::test]
async fn path_is_where_the_search_starts() {
    let scene = Scene::new(&["a.ts", "src/c.ts", "src/deep/d.ts"]);
    assert_eq!(scene.names(json!({ "pattern": "*.ts", "path": "src" })).await, ["src/c.ts"]);
    let absolute = format!("{}/src/deep", scene.root());
    assert_eq!(scene.names(json!({ "pattern": "*", "path": absolute })).await, ["src/deep/d.ts"]);
    scene.cx.workspace.set_current(scene.cx.workspace.original().join("src"));
    assert_eq!(scene.names(json!({ "pattern": "*.ts" })).await, ["src/c.ts"]);
    let missing = scene.refused(json!({ "pattern": "*", "path": "/nonexistent/dir" })).await;
    assert_eq!(missing, "Path does not exist: /nonexistent/dir");
    let file = scene.refused(json!({ "pattern": "*", "path": "c.ts" })).await;
    assert_eq!(file, format!("Path is not a directory: {}/src/c.ts", scene.root()));
}

#[tokio::test]
async fn at_most_a_hundred_names_row_267() {
    let names: Vec<String> = (0..130).map(|n| format!("{n:03}.txt")).collect();
    let scene = Scene::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let output = scene.run(json!({ "pattern": "*.txt" })).await.unwrap();
    let structured = &output.structured;
    assert_eq!((&structured["numFiles"], &structured["totalMatches"]), (&json!(100), &json!(130)));
    assert_eq!(structured["truncated"], true);
    let found = scene.names(json!({ "pattern": "*.txt" })).await;
    assert_eq!((found.first().unwrap().as_str(), found.last().unwrap().as_str()), ("129.txt", "030.txt"));
    assert!(
        text(&output)
            .ends_with("(The 100 newest of 130 matches. Use a narrower pattern or path to see others.)")
    );
}

#[tokio::test]
async fn ignored_and_hidden_files_are_found_unless_switched_off_row_267() {
    let mut scene = Scene::new(&["a.log", ".env", ".hid/b.log", ".git/config", "sub/.git/c.log", "kept.txt"]);
    std::fs::write(scene.dir.path().join(".gitignore"), "*.log\n").unwrap();
    assert_eq!(scene.pattern("**/*").await, [".env", ".gitignore", ".hid/b.log", "a.log", "kept.txt"]);
    assert_eq!(scene.pattern(".git/*").await, [".git/config"]);
    scene.set("CLAUDE_CODE_GLOB_NO_IGNORE", "false");
    assert_eq!(scene.pattern("**/*").await, [".env", ".gitignore", "kept.txt"]);
    scene.set("CLAUDE_CODE_GLOB_HIDDEN", "false");
    assert_eq!(scene.pattern("**/*").await, ["a.log", "kept.txt"]);
    scene.set("CLAUDE_CODE_GLOB_HIDDEN", "true");
    assert_eq!(scene.pattern("**/.env").await, [".env"]);
}

#[tokio::test]
async fn links_to_files_are_listed_and_links_to_directories_not_entered() {
    let scene = Scene::new(&["real/a.txt"]);
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, scene.dir.path().join(at)).unwrap();
    link("real/a.txt", "link.txt");
    link("real", "dir");
    link("missing", "dangling.txt");
    link(".", "real/loop");
    assert_eq!(scene.pattern("**/*.txt").await, ["link.txt", "real/a.txt"]);
    assert_eq!(scene.pattern("dir/*.txt").await, ["dir/a.txt"], "a link that the pattern names is entered");
}

#[tokio::test]
async fn a_bad_pattern_is_explained() {
    let text = Scene::new(&[]).refused(json!({ "pattern": "a{b" })).await;
    assert!(text.starts_with("Invalid glob pattern: ") && text.contains("a{b"), "{text}");
}

#[tokio::test]
async fn nothing_found_is_said() {
    let output = Scene::new(&[]).run(json!({ "pattern": "*" })).await.unwrap();
    assert_eq!(text(&output), "No files found");
    assert!(!output.is_error);
}

#[tokio::test]
async fn a_cancelled_search_gives_nothing() {
    let scene = Scene::new(&["a"]);
    scene.cx.cancel.cancel();
    assert_eq!(scene.run(json!({ "pattern": "*" })).await, Err(ToolError::Cancelled));
}

#[test]
fn a_search_that_runs_out_of_time_says_so_row_267() {
    let scene = Scene::new(&["a"]);
    let clock = Clock::manual();
    let limit = walk::Limit::new(clock.clone(), scene.cx.cancel.clone());
    clock.advance(Duration::from_secs(20));
    let input = GlobInput { pattern: "*".into(), path: None };
    let target = Target::of(&input, scene.cx.workspace.original());
    let output = render(
        search(
            &target,
            &Options { hidden: true, respect_ignore: false },
            &crate::engine::io::files::HostFiles,
            &limit,
        )
        .unwrap(),
    );
    let expected = json!({
        "durationMs": 20_000, "numFiles": 0, "filenames": [], "truncated": true, "totalMatches": 0,
        "countIsComplete": false, "timedOut": true
    });
    assert_eq!(output.structured, expected);
    assert!(text(&output).contains("ran out of time"));
}

#[tokio::test]
async fn faults_of_the_disk_are_told() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    let scene = Scene::new(&["d/a", "d/b"]);
    let at = |name: &str| scene.cx.workspace.original().join(name);
    let denied = "the operating system denies access";
    for (kind, expected) in [
        (ErrorKind::PermissionDenied, format!("Cannot search {}: {denied}.", at("d").display())),
        (ErrorKind::NotFound, format!("Path does not exist: {}", at("d").display())),
    ] {
        let _guard = inject(&at("d"), Fault::Stat, kind);
        assert_eq!(scene.refused(json!({ "pattern": "*", "path": "d" })).await, expected);
    }
    for (kind, expected) in [
        (
            ErrorKind::PermissionDenied,
            format!(
                "{}\n(Left out, as it cannot be read: {}: {denied}.)",
                at("d/a").display(),
                at("d/b").display()
            ),
        ),
        // What has vanished since it was listed is not there to be found.
        (ErrorKind::NotFound, at("d/a").display().to_string()),
    ] {
        let _guard = inject(&at("d/b"), Fault::Stat, kind);
        let output = scene.run(json!({ "pattern": "d/*" })).await.unwrap();
        assert_eq!(text(&output), expected);
        assert_eq!(output.structured["numFiles"], 1);
    }
}

/// A directory whose path is longer than a path may be cannot be read by anybody.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_directory_that_cannot_be_read_is_left_out_and_said() {
    let scene = Scene::new(&["near"]);
    let name = "n".repeat(200);
    let script = format!("for i in $(seq 25); do mkdir {name} && cd {name} || exit 1; done");
    let made = std::process::Command::new("bash").args(["-c", &script]).current_dir(scene.root()).status();
    assert!(made.unwrap().success());
    let output = scene.run(json!({ "pattern": "**/*" })).await.unwrap();
    let (found, note) = text(&output).split_once('\n').unwrap();
    assert_eq!(found, format!("{}/near", scene.root()));
    let why = "the name is too long, or has characters that a name cannot have";
    assert!(note.starts_with(&format!("(Left out, as it cannot be read: {}/nnn", scene.root())), "{note}");
    assert!(note.ends_with(&format!("nnn: {why}.)")), "{note}");
}
