#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::clock::Clock;
use crate::engine::tool::{
    schema::InputSchema,
    test_scene::{self, text},
};
use std::time::Duration;

type Scene = test_scene::Scene<Grep>;

impl Scene {
    /// Files with their content in a workspace, the first one the oldest.
    fn new(files: &[(&str, &str)]) -> Self {
        Self::of(Grep::new()).with_files(files)
    }

    /// The text for the model, with the workspace's directory taken out of the names.
    async fn text(&self, input: Value) -> String {
        text(&self.run(input).await.unwrap()).replace(&format!("{}/", self.root()), "")
    }

    /// The lines in content mode, with these fields added to the input.
    async fn content(&self, pattern: &str, more: Value) -> String {
        let mut input = json!({ "pattern": pattern, "output_mode": "content" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.text(input).await
    }

    /// The names found, sorted.
    async fn files(&self, input: Value) -> Vec<String> {
        let mut names = self.names(input).await;
        names.sort();
        names
    }
}

#[test]
fn the_schema_takes_the_documented_input_row_269() {
    let grep = Grep::new();
    let schema = InputSchema::compile(grep.input_schema()).unwrap();
    let all = json!({
        "pattern": "x", "path": "p", "glob": "*", "type": "rust", "output_mode": "count", "-A": 1, "-B": 1, "-C": 1,
        "context": 1, "-n": false, "-i": true, "-o": true, "multiline": true, "head_limit": 0, "offset": 2
    });
    schema.check(&all).unwrap();
    assert!(parse(&all, &Workspace::new("/w".into(), Vec::new())).is_ok());
    for wrong in
        [json!({}), json!({ "pattern": "x", "output_mode": "lines" }), json!({ "pattern": "x", "-A": -1 })]
    {
        schema.check(&wrong).unwrap_err();
    }
    assert_eq!(grep.name(), "Grep");
    assert!(grep.description().len() > 300);
}

#[test]
fn a_call_declares_the_path_it_reads_row_123() {
    let workspace = Workspace::new("/w".into(), Vec::new());
    workspace.set_current("/w/sub".into());
    for (input, path) in [
        (json!({ "pattern": "x" }), "/w/sub"),
        (json!({ "pattern": "x", "path": "a.rs" }), "/w/sub/a.rs"),
        (json!({ "pattern": "x", "path": "/etc" }), "/etc"),
    ] {
        let declared = Declared { access: Access::ReadPath(path.into()), parallel: true };
        assert_eq!(Grep::new().prepare(&input, &workspace), Ok(declared), "{input}");
    }
}

#[test]
fn what_cannot_be_searched_for_is_refused_row_268() {
    let workspace = Workspace::new("/w".into(), Vec::new());
    for input in [
        json!({ "pattern": "a\0" }),
        json!({ "pattern": "a", "path": "\0" }),
        json!({ "pattern": "a", "glob": "\0" }),
        json!({ "pattern": "" }),
    ] {
        assert!(matches!(Grep::new().prepare(&input, &workspace), Err(ToolError::Respond(_))), "{input}");
    }
}

#[test]
fn globs_are_split_outside_braces() {
    assert_eq!(split_globs("*.ts, *.{js,jsx}  !x/**,"), ["*.ts", "*.{js,jsx}", "!x/**"]);
    assert_eq!(split_globs(" "), Vec::<String>::new());
}

#[tokio::test]
async fn file_names_are_the_default_newest_first_row_269() {
    let scene = Scene::new(&[("b.rs", "fn x"), ("sub/a.rs", "fn x\nfn x"), ("c.rs", "no")]);
    let output = scene.run(json!({ "pattern": "fn" })).await.unwrap();
    let names = [format!("{}/sub/a.rs", scene.root()), format!("{}/b.rs", scene.root())];
    assert_eq!(text(&output), format!("Found 2 files\n{}", names.join("\n")));
    let expected =
        json!({ "mode": "files_with_matches", "numFiles": 2, "filenames": names, "totalFiles": 2 });
    assert_eq!(output.structured, expected);
    assert_eq!(scene.text(json!({ "pattern": "nowhere" })).await, "No files found");
}

#[tokio::test]
async fn content_gives_lines_row_269() {
    let scene = Scene::new(&[("b.txt", "one\ntwo\nthree ü"), ("a.txt", "zero\r\none\r\n")]);
    let output = scene.run(json!({ "pattern": "one|ü", "output_mode": "content" })).await.unwrap();
    let root = scene.root();
    let content = format!("{root}/a.txt:2:one\n{root}/b.txt:1:one\n{root}/b.txt:3:three ü");
    assert_eq!(text(&output), content);
    let expected = json!({
        "mode": "content", "numFiles": 2, "filenames": [], "content": content, "numLines": 3, "numMatches": 3,
        "totalFiles": 2, "totalLines": 3
    });
    assert_eq!(output.structured, expected);
    assert_eq!(scene.content("two", json!({ "-n": false })).await, "b.txt:two");
    assert_eq!(scene.content("nowhere", json!({})).await, "No matches found");
}

#[tokio::test]
async fn context_is_printed_as_ripgrep_does_row_269() {
    let lines: String = (1..=9).map(|n| format!("l{n}\n")).collect();
    let scene = Scene::new(&[("a", &lines), ("b", "l2\n")]);
    let around = "a-1-l1\na:2:l2\na-3-l3\n--\na-7-l7\na:8:l8\na-9-l9\n--\nb:1:l2";
    assert_eq!(scene.content("[28]$", json!({ "-C": 1 })).await, around);
    assert_eq!(scene.content("[28]$", json!({ "context": 1 })).await, around);
    assert_eq!(scene.content("8", json!({ "-B": 2 })).await, "a-6-l6\na-7-l7\na:8:l8");
    assert_eq!(scene.content("8", json!({ "-A": 1, "-n": false })).await, "a:l8\na-l9");
    assert_eq!(scene.content("8", json!({ "-A": 0, "-C": 1 })).await, "a-7-l7\na:8:l8");
    // Groups that touch are one group.
    assert_eq!(
        scene.content("[24]", json!({ "-C": 1, "path": "a" })).await,
        "a-1-l1\na:2:l2\na-3-l3\na:4:l4\na-5-l5"
    );
    // Other modes have no lines to put a context around.
    assert_eq!(scene.text(json!({ "pattern": "8", "-C": 1 })).await, "Found 1 file\na");
}

#[tokio::test]
async fn count_gives_counts_and_totals_of_all_row_270() {
    let scene = Scene::new(&[("a", "x x\nx\n"), ("b", "x"), ("c", "y")]);
    let input = json!({ "pattern": "x", "output_mode": "count" });
    let output = scene.run(input).await.unwrap();
    let root = scene.root();
    assert_eq!(text(&output), format!("{root}/a:2\n{root}/b:1\n\n3 matching lines in 2 files"));
    let expected = json!({
        "mode": "count", "numFiles": 2, "filenames": [], "content": format!("{root}/a:2\n{root}/b:1"),
        "numMatches": 3, "totalFiles": 2
    });
    assert_eq!(output.structured, expected);
    let first = json!({ "pattern": "x", "output_mode": "count", "head_limit": 1 });
    let expected =
        "a:2\n\n3 matching lines in 2 files\n\n(Showing files 1 to 1 of 2. Use offset 1 for the next.)";
    assert_eq!(scene.text(first).await, expected);
}

#[tokio::test]
async fn pages_by_limit_and_offset_row_269_row_270() {
    let lines: String = (1..=300).map(|n| format!("x{n}\n")).collect();
    let scene = Scene::new(&[("a", &lines), ("b", "x\n")]);
    let whole = scene.run(json!({ "pattern": "x", "output_mode": "content" })).await.unwrap();
    let fields = |output: &ToolOutput| {
        let s = &output.structured;
        (
            s["numLines"].clone(),
            s["totalLines"].clone(),
            s["appliedLimit"].clone(),
            s["appliedOffset"].clone(),
        )
    };
    assert_eq!(fields(&whole), (json!(250), json!(301), json!(250), Value::Null));
    assert!(text(&whole).ends_with("(Showing lines 1 to 250 of 301. Use offset 250 for the next.)"));
    let page = json!({ "offset": 299, "head_limit": 5 });
    assert_eq!(scene.content("x", page).await, "a:300:x300\nb:1:x\n\n(Showing lines 300 to 301 of 301.)");
    let all = scene.run(json!({ "pattern": "x", "output_mode": "content", "head_limit": 0 })).await.unwrap();
    assert_eq!(fields(&all), (json!(301), json!(301), Value::Null, Value::Null));
    for mode in ["content", "files_with_matches", "count"] {
        let beyond = json!({ "pattern": "x", "output_mode": mode, "offset": 1000 });
        assert!(scene.text(beyond).await.starts_with("No entries at this offset"), "{mode}");
    }
    let second = json!({ "pattern": "x", "head_limit": 1, "offset": 1 });
    assert_eq!(scene.text(second).await, "Found 2 files\na\n\n(Showing files 2 to 2 of 2.)");
}

#[tokio::test]
async fn a_page_is_the_same_however_the_walk_went() {
    let files: Vec<(String, String)> = (0..200).map(|n| (format!("{n:03}"), format!("x{n}\nx\n"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let scene = Scene::new(&files);
    let page = scene.content("x", json!({ "offset": 4, "head_limit": 3 })).await;
    assert!(page.starts_with("002:1:x2\n002:2:x\n003:1:x3\n\n(Showing lines 5 to 7 of 400."), "{page}");
}

#[tokio::test]
async fn case_matches_only_and_multiline_row_269() {
    let scene = Scene::new(&[("a", "Foo foo\nbar\nbaz foo\n")]);
    assert_eq!(scene.content("FOO", json!({})).await, "No matches found");
    assert_eq!(
        scene.content("FOO", json!({ "-i": true, "head_limit": 1 })).await.lines().next(),
        Some("a:1:Foo foo")
    );
    assert_eq!(scene.content("[Ff]oo", json!({ "-o": true })).await, "a:1:Foo\na:1:foo\na:3:foo");
    assert_eq!(scene.content("foo.bar", json!({})).await, "No matches found");
    assert_eq!(scene.content("foo.bar", json!({ "multiline": true })).await, "a:1:Foo foo\na:2:bar");
    assert_eq!(
        scene.content("foo\\nbar", json!({ "multiline": true, "-o": true })).await,
        "a:1:foo\na:2:bar"
    );
    assert_eq!(scene.content("^bar$", json!({})).await, "a:2:bar");
}

#[tokio::test]
async fn rejected_inputs_return_the_reason_row_270() {
    let scene = Scene::new(&[("a", "x")]);
    let text = scene.refused(json!({ "pattern": "a(b" })).await;
    assert!(text.starts_with("Invalid pattern: ") && text.contains("unclosed group"), "{text}");
    let text = scene.refused(json!({ "pattern": "a\\nb" })).await;
    assert!(text.contains("`multiline`"), "{text}");
    let text = scene.refused(json!({ "pattern": "x", "type": "nope" })).await;
    assert_eq!(text, "Invalid type: unrecognized file type: nope");
    let text = scene.refused(json!({ "pattern": "x", "glob": "a{b" })).await;
    assert!(text.starts_with("Invalid glob: "), "{text}");
    let text = scene.refused(json!({ "pattern": "x", "path": "/nonexistent/p" })).await;
    assert_eq!(text, "Path does not exist: /nonexistent/p");
    let text = scene.refused(json!({ "pattern": "x", "path": "/dev/null" })).await;
    assert_eq!(text, "Not a regular file or directory: /dev/null");
}

#[tokio::test]
async fn globs_and_types_narrow_the_search_row_269() {
    let scene =
        Scene::new(&[("a.ts", "x"), ("b.js", "x"), ("sub/c.ts", "x"), ("sub/d.rs", "x"), ("dist/e.ts", "x")]);
    for (glob, expected) in [
        ("*.ts", vec!["a.ts", "dist/e.ts", "sub/c.ts"]),
        ("*.{js,rs}", vec!["b.js", "sub/d.rs"]),
        ("*.js,*.rs", vec!["b.js", "sub/d.rs"]),
        ("*.js *.rs", vec!["b.js", "sub/d.rs"]),
        ("sub/**", vec!["sub/c.ts", "sub/d.rs"]),
        ("sub/*.ts", vec!["sub/c.ts"]),
        ("*.ts,!dist/**", vec!["a.ts", "sub/c.ts"]),
        ("!*.ts", vec!["b.js", "sub/d.rs"]),
    ] {
        assert_eq!(scene.files(json!({ "pattern": "x", "glob": glob })).await, expected, "{glob}");
    }
    assert_eq!(scene.files(json!({ "pattern": "x", "type": "rust" })).await, ["sub/d.rs"]);
    assert_eq!(scene.files(json!({ "pattern": "x", "type": "ts", "path": "sub" })).await, ["sub/c.ts"]);
    assert_eq!(scene.files(json!({ "pattern": "x", "glob": "*.ts", "path": "sub" })).await, ["sub/c.ts"]);
}

#[tokio::test]
async fn ignored_files_are_skipped_unless_named_row_271() {
    let scene =
        Scene::new(&[("a.log", "x"), ("out/b.txt", "x"), (".hidden", "x"), (".git/c", "x"), ("kept", "x")]);
    scene.file(".gitignore", b"*.log\nout/\n");
    assert_eq!(scene.files(json!({ "pattern": "x" })).await, [".hidden", "kept"]);
    // A glob narrows and does not bring back.
    assert_eq!(scene.files(json!({ "pattern": "x", "glob": "*.log" })).await, Vec::<String>::new());
    assert_eq!(scene.files(json!({ "pattern": "x", "path": "a.log" })).await, ["a.log"]);
    assert_eq!(scene.files(json!({ "pattern": "x", "path": "out" })).await, ["out/b.txt"]);
    assert_eq!(scene.files(json!({ "pattern": "x", "path": "a.log", "glob": "*.ts" })).await, ["a.log"]);
    // As in ripgrep, .gitignore counts in a repository only.
    let scene = Scene::new(&[("a.log", "x")]);
    scene.file(".gitignore", b"*.log\n");
    assert_eq!(scene.files(json!({ "pattern": "x" })).await, ["a.log"]);
}

#[tokio::test]
async fn binary_files_are_skipped_and_other_encodings_read() {
    let scene = Scene::new(&[("text", "needle")]);
    scene.file("binary", b"needle\n\0\x01");
    scene.file("latin1", b"needle \xe9\n");
    scene.file("utf16", [0xff, 0xfe, b'n', 0, b'e', 0, b'e', 0, b'd', 0, b'l', 0, b'e', 0]);
    assert_eq!(
        scene.content("needle", json!({})).await,
        "latin1:1:needle \u{fffd}\ntext:1:needle\nutf16:1:needle"
    );
    assert_eq!(scene.files(json!({ "pattern": "needle" })).await, ["latin1", "text", "utf16"]);
    let multi = json!({ "pattern": "needle", "multiline": true });
    assert_eq!(scene.files(multi).await, ["latin1", "text", "utf16"]);
}

#[tokio::test]
async fn long_lines_are_cut() {
    let scene = Scene::new(&[("a", &"ü".repeat(500)), ("b", &"ü".repeat(620))]);
    let expected = format!("a:1:{0}\nb:1:{0} [120 more characters in this line]", "ü".repeat(500));
    assert_eq!(scene.content("ü", json!({})).await, expected);
}

#[tokio::test]
async fn links_are_not_followed_out_of_the_tree() {
    let (scene, outside) = (Scene::new(&[("a", "x")]), Scene::new(&[("secret", "x")]));
    std::os::unix::fs::symlink(outside.dir.path(), scene.dir.path().join("dir")).unwrap();
    std::os::unix::fs::symlink(outside.dir.path().join("secret"), scene.dir.path().join("file")).unwrap();
    assert_eq!(scene.files(json!({ "pattern": "x" })).await, ["a"]);
}

#[tokio::test]
async fn a_cancelled_search_gives_nothing() {
    let scene = Scene::new(&[("a", "x")]);
    scene.cx.cancel.cancel();
    assert_eq!(scene.run(json!({ "pattern": "x" })).await, Err(ToolError::Cancelled));
}

#[test]
fn a_search_that_runs_out_of_time_says_so() {
    let scene = Scene::new(&[("a", "x")]);
    let clock = Clock::manual();
    let limit = walk::Limit::new(clock.clone(), scene.cx.cancel.clone());
    clock.advance(Duration::from_secs(20));
    let request = parse(&json!({ "pattern": "x" }), &scene.cx.workspace).unwrap();
    let found = search::search(&request, &crate::engine::io::files::HostFiles, &limit).unwrap();
    let output = format::render(&request, found, &limit);
    assert_eq!(output.structured["timedOut"], true);
    assert!(text(&output).contains("ran out of time"));
}

#[tokio::test]
async fn faults_of_the_disk_are_told() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    let scene = Scene::new(&[("a", "x"), ("b", "x"), ("c/d", "x")]);
    let at = |name: &str| scene.cx.workspace.original().join(name);
    let denied = "the operating system denies access";
    // A place that was named.
    for (fault, kind, expected) in [
        (Fault::Stat, ErrorKind::PermissionDenied, format!("Cannot search {}: {denied}.", at("a").display())),
        (Fault::Stat, ErrorKind::NotFound, format!("Path does not exist: {}", at("a").display())),
        (Fault::Read, ErrorKind::PermissionDenied, format!("Cannot read {}: {denied}.", at("a").display())),
        (
            Fault::Read,
            ErrorKind::NotFound,
            format!("Cannot read {}: it is not there any more.", at("a").display()),
        ),
    ] {
        let _guard = inject(&at("a"), fault, kind);
        let told = scene.run(json!({ "pattern": "x", "path": "a" })).await;
        assert_eq!(told, Err(ToolError::Respond(expected)));
    }
    // Files below it: the others are searched, and what was left out is said. What has vanished is no match.
    let content = json!({ "pattern": "x", "output_mode": "content" });
    for (fault, kind, name, found, note) in [
        (Fault::Read, ErrorKind::PermissionDenied, "b", "a:1:x\nc/d:1:x", Some(denied)),
        (Fault::Read, ErrorKind::NotFound, "b", "a:1:x\nc/d:1:x", None),
        (Fault::Read, ErrorKind::PermissionDenied, "c/d", "a:1:x\nb:1:x", Some(denied)),
    ] {
        let _guard = inject(&at(name), fault, kind);
        let left_out = |why| format!("\n(Left out, as it cannot be read: {name}: {why}.)");
        let expected = format!("{found}{}", note.map(left_out).unwrap_or_default());
        assert_eq!(scene.text(content.clone()).await, expected);
    }
    let _guard = inject(&at(""), Fault::Read, ErrorKind::PermissionDenied);
    assert_eq!(
        scene.text(json!({ "pattern": "x" })).await,
        format!(
            "No files found\n(3 files or directories are left out, as they cannot be read, such as a: {denied}.)"
        )
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_fails_while_it_is_read_is_told() {
    let scene = Scene::new(&[]);
    let told = scene.run(json!({ "pattern": "x", "path": "/proc/self/mem" })).await;
    let expected = "Cannot read /proc/self/mem: Input/output error (os error 5).";
    assert_eq!(told, Err(ToolError::Respond(expected.into())));
}
