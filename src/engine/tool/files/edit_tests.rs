#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::tool::{files::write::Write as WriteTool, schema::InputSchema, test_scene, test_support};

type Scene = test_scene::Scene<Edit>;

impl Scene {
    fn new() -> Self {
        Self::of(Edit::new())
    }

    /// A file that the model has read.
    async fn known(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.file(name, bytes);
        self.let_read(json!({ "file_path": path })).await;
        path
    }

    async fn replace(&self, path: &str, old: &str, new: &str, all: bool) -> (String, Value) {
        self.good(input(path, old, new, all)).await
    }

    async fn edit(&self, path: &str, old: &str, new: &str) -> (String, Value) {
        self.replace(path, old, new, false).await
    }

    async fn refusal(&self, path: &str, old: &str, new: &str, all: bool) -> String {
        self.refused(input(path, old, new, all)).await
    }
}

fn input(path: &str, old: &str, new: &str, all: bool) -> Value {
    json!({ "file_path": path, "old_string": old, "new_string": new, "replace_all": all })
}

fn content(path: &str) -> String {
    String::from_utf8(std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn the_one_occurrence_is_replaced_exactly_row_258_row_262() {
    let scene = Scene::new();
    let path = scene.known("a.rs", "fn a() {\n    b(.*);\n}\n").await;
    let (text, structured) = scene.edit(&path, "b(.*)", "$1\\n").await;
    assert_eq!(text, format!("Edited {path}.\n1\tfn a() {{\n2\t    $1\\n;\n3\t}}"));
    assert_eq!(content(&path), "fn a() {\n    $1\\n;\n}\n", "no pattern on either side");
    let hunk = json!({
        "oldStart": 1, "oldLines": 3, "newStart": 1, "newLines": 3,
        "lines": [" fn a() {", "-    b(.*);", "+    $1\\n;", " }"]
    });
    let expected = json!({
        "filePath": path, "oldString": "b(.*)", "newString": "$1\\n", "originalFile": "fn a() {\n    b(.*);\n}\n",
        "structuredPatch": [hunk], "userModified": false, "replaceAll": false
    });
    assert_eq!(structured, expected);
}

#[tokio::test]
async fn an_edit_follows_an_edit_without_a_new_read() {
    let scene = Scene::new();
    let path = scene.known("a", "1\n2\n").await;
    scene.edit(&path, "1", "one").await;
    let (text, _) = scene.edit(&path, "2", "two").await;
    assert!(!text.contains("changed since"), "{text}");
    assert_eq!(content(&path), "one\ntwo\n");
}

#[tokio::test]
async fn what_does_not_stand_exactly_once_is_refused_row_258() {
    let scene = Scene::new();
    let path = scene.known("a", "x = 1\nx = 1\n\ty\n").await;
    let missing = |shown: &str| {
        format!(
            "old_string does not occur in {path}: {shown}. It must match exactly, with the same indentation and line breaks."
        )
    };
    let long = "z".repeat(130);
    let cases = [
        ("z = 1", missing("\"z = 1\"") + " The most similar line is line 1: \"x = 1\"."),
        ("X = 1", missing("\"X = 1\"") + " The most similar line is line 1: \"x = 1\"."),
        (
            "    y",
            missing("\"    y\"") + " Line 3 and what follows is the same except for white space: \"\\ty\".",
        ),
        ("other", missing("\"other\"")),
        (long.as_str(), missing(&format!("\"{}\"…", "z".repeat(120)))),
        (
            "x = 1",
            format!(
                "old_string occurs 2 times in {path}, in lines 1 and 2: \"x = 1\". Add lines around it until it is unique, or set \
                 replace_all to change every occurrence."
            ),
        ),
        ("", format!("old_string is empty, but {path} is not. Give the text to replace.")),
    ];
    for (old, expected) in cases {
        assert_eq!(scene.refusal(&path, old, "new", false).await, expected);
    }
    assert_eq!(content(&path), "x = 1\nx = 1\n\ty\n");
}

#[tokio::test]
async fn replace_all_replaces_each_and_counts_row_258() {
    let scene = Scene::new();
    let path = scene.known("a", "aaaa\nb\naa").await;
    let (text, structured) = scene.replace(&path, "aa", "c", true).await;
    assert!(text.starts_with(&format!("Edited {path}: 3 replacements.\n1\tcc\n")), "{text}");
    assert_eq!(structured["replaceAll"], true);
    assert_eq!(content(&path), "cc\nb\nc");
    let (text, _) = scene.replace(&path, "b", "", true).await;
    assert!(text.starts_with(&format!("Edited {path}.\n")), "{text}");
    assert_eq!(content(&path), "cc\n\nc");
    assert!(scene.refusal(&path, "b", "", true).await.starts_with("old_string does not occur"));
}

#[tokio::test]
async fn an_unread_file_is_refused_row_259() {
    let scene = Scene::new();
    for bytes in [&b"text"[..], b""] {
        let path = scene.file("a", bytes);
        let expected = format!("{path} has not been read yet. Read it first, then edit it.");
        let old = if bytes.is_empty() { "" } else { "text" };
        assert_eq!(scene.refusal(&path, old, "new", false).await, expected);
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_changed_file_is_edited_only_where_the_text_is_unique_row_260() {
    let scene = Scene::new();
    let path = scene.known("a", "one\n").await;
    std::fs::write(&path, "zero\none\ntwo two\n").unwrap();
    let (text, structured) = scene.edit(&path, "one", "1").await;
    let note = "The file had changed since it was read; the edit was made in its present content.";
    assert!(text.starts_with(&format!("Edited {path}. {note}\n1\tzero\n2\t1\n")), "{text}");
    assert_eq!(structured["originalFile"], "zero\none\ntwo two\n");
    assert_eq!(content(&path), "zero\n1\ntwo two\n");

    std::fs::write(&path, "three three\n").unwrap();
    let again = " The file has been modified since it was read: read it again.";
    for all in [false, true] {
        let text = scene.refusal(&path, "three", "3", all).await;
        assert!(
            text.starts_with(&format!("old_string occurs 2 times in {path}, in line 1: \"three\".{again}")),
            "{text}"
        );
    }
    let text = scene.refusal(&path, "one", "1", false).await;
    assert!(text.starts_with(&format!("old_string does not occur in {path}: \"one\".{again}")), "{text}");
    assert_eq!(content(&path), "three three\n");
}

#[tokio::test]
async fn views_of_parts_do_not_count_until_they_add_up_row_259() {
    let scene = Scene::new();
    let part = scene.file("part", "1\n2\n3\n");
    let expected = format!(
        "Only a part of {part} has been read. Read the other lines too (several calls with offset and limit will do), \
         then edit it."
    );
    for (offset, limit) in [(1, 1), (3, 9), (7, 1)] {
        scene.let_read(json!({ "file_path": part, "offset": offset, "limit": limit })).await;
        assert_eq!(scene.refusal(&part, "1", "one", false).await, expected);
    }
    assert_eq!(content(&part), "1\n2\n3\n");
    scene.let_read(json!({ "file_path": part, "offset": 2, "limit": 1 })).await;
    scene.edit(&part, "1", "one").await;
    assert_eq!(content(&part), "one\n2\n3\n");
}

#[tokio::test]
async fn lines_that_were_cut_may_be_edited_but_not_replaced_row_259_row_261() {
    let scene = Scene::new();
    let long = scene.known("long", &format!("{}\nshort\n", "x".repeat(3000))).await;
    scene.edit(&long, "short", "brief").await;
    scene.edit(&long, "brief", "terse").await;
    let input = json!({ "file_path": long, "content": "" });
    let expected = format!(
        "{long} has lines that were too long to be shown whole, so replacing it would lose text. Change a part with Edit."
    );
    assert_eq!(WriteTool::new().run(input, &scene.cx).await, Err(ToolError::Respond(expected)));
}

#[tokio::test]
async fn a_stale_file_stays_stale_until_it_is_read_again_row_260_row_261() {
    let scene = Scene::new();
    let stale = scene.known("stale", "1\n2\n").await;
    std::fs::write(&stale, "1\nsomething new\n").unwrap();
    scene.edit(&stale, "1", "one").await;
    // A view of a part of the new state takes nothing away, and gives nothing.
    scene.let_read(json!({ "file_path": stale, "limit": 1 })).await;
    scene.edit(&stale, "one", "1").await;
    let input = json!({ "file_path": stale, "content": "" });
    let refused = WriteTool::new().run(input.clone(), &scene.cx).await;
    let expected = format!("{stale} has been modified since it was read. Read it again, then write it.");
    assert_eq!(refused, Err(ToolError::Respond(expected)));
    scene.let_read(json!({ "file_path": stale })).await;
    WriteTool::new().run(input, &scene.cx).await.unwrap();
}

#[tokio::test]
async fn encodings_and_line_ends_stay() {
    let scene = Scene::new();
    let cases: [(&[u8], &str, &str, &[u8]); 7] = [
        (b"a\r\nb\r\nc\r\n", "a\nb", "x\ny\nz", b"x\r\ny\r\nz\r\nc\r\n"),
        (b"a\r\nb\r\n", "a\r\nb", "x\r\ny", b"x\r\ny\r\n"),
        (b"\xEF\xBB\xBFbom", "bom", "b", b"\xEF\xBB\xBFb"),
        (b"\xFF\xFEh\0i\0", "hi", "h\u{e9}", b"\xFF\xFEh\0\xE9\0"),
        (b"\xFE\xFF\0h\0i", "hi", "a", b"\xFE\xFF\0a"),
        (b"caf\xE9 au lait", "é au", "è", b"caf\xE8 lait"),
        (b"caf\xE9", "caf", "€ ", "€ é".as_bytes()),
    ];
    for (before, old, new, after) in cases {
        let path = scene.known("text", before).await;
        let (_, structured) = scene.edit(&path, old, new).await;
        assert_eq!(std::fs::read(&path).unwrap(), after, "{old:?} to {new:?}");
        assert_eq!((&structured["oldString"], &structured["newString"]), (&json!(old), &json!(new)));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn mode_and_link_stay() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    let path = scene.known("run.sh", "old\n").await;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o711)).unwrap();
    let link = scene.path("link");
    std::os::unix::fs::symlink("run.sh", &link).unwrap();
    scene.edit(&link, "old", "new").await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o711);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(content(&path), "new\n");
}

#[tokio::test]
async fn an_empty_old_string_creates_or_fills_a_file() {
    let scene = Scene::new();
    let path = scene.path("new/a.txt");
    let (text, structured) = scene.edit(&path, "", "one\n").await;
    assert_eq!(text, format!("Created {path}."));
    assert_eq!(structured["originalFile"], Value::Null);
    assert_eq!(structured["structuredPatch"][0]["lines"], json!(["+one"]));
    assert_eq!(content(&path), "one\n");
    let empty = scene.known("empty", "").await;
    scene.edit(&empty, "", "filled").await;
    assert_eq!(content(&empty), "filled");
}

#[tokio::test]
async fn what_cannot_be_edited_is_told() {
    let scene = Scene::new();
    let cwd = scene.cx.workspace.current().display().to_string();
    let missing = scene.path("missing");
    let expected = format!("File does not exist: {missing}. The working directory is {cwd}.");
    assert_eq!(scene.refusal(&missing, "a", "b", false).await, expected);
    let path = scene.known("a", "text").await;
    std::fs::write(&path, b"\0\0text").unwrap();
    let expected = format!("{path} is a binary file, which cannot be edited as text.");
    assert_eq!(scene.refusal(&path, "text", "b", false).await, expected);
    assert_eq!(
        scene.refusal(&cwd, "a", "b", false).await,
        format!("{cwd} is a directory. List it with Glob, or with ls in Bash.")
    );
}

#[tokio::test]
async fn faults_of_the_disk_are_told_and_change_nothing() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    let scene = Scene::new();
    let path = scene.known("a", "1\n").await;
    for (fault, kind, expected) in [
        (Fault::Read, ErrorKind::NotFound, format!("Cannot read {path}: it is not there any more.")),
        (
            Fault::Read,
            ErrorKind::PermissionDenied,
            format!("Cannot read {path}: the operating system denies access."),
        ),
        (Fault::Create, ErrorKind::StorageFull, format!("Cannot write {path}: the disk is full.")),
        (Fault::Write, ErrorKind::StorageFull, format!("Cannot write {path}: the disk is full.")),
        (
            Fault::Write,
            ErrorKind::QuotaExceeded,
            format!("Cannot write {path}: the quota of the disk is used up."),
        ),
        (Fault::Rename, ErrorKind::StorageFull, format!("Cannot write {path}: the disk is full.")),
    ] {
        let _guard = inject(scene.cx.workspace.original(), fault, kind);
        assert_eq!(scene.refusal(&path, "1", "one", false).await, expected);
        assert_eq!(content(&path), "1\n");
    }
    scene.edit(&path, "1", "one").await;
}

#[tokio::test]
async fn a_cancelled_edit_changes_nothing() {
    let scene = Scene::new();
    let path = scene.known("a", "1\n").await;
    scene.cx.cancel.cancel();
    assert_eq!(scene.refusal(&path, "1", "one", false).await, "The call was cancelled.");
    assert_eq!(content(&path), "1\n");
}

#[tokio::test]
async fn the_snippet_is_short_whatever_was_changed() {
    let scene = Scene::new();
    let path = scene.known("a", "x\n".repeat(1000)).await;
    let (text, _) = scene.replace(&path, "x", "y", true).await;
    assert_eq!(text.lines().count(), 1 + SNIPPET_LINES + 1);
    assert!(text.ends_with("\n40\ty\n…"), "{text}");
    let path = scene.known("long", format!("{}x\r\nz\r\n", "a".repeat(100_000))).await;
    let (text, _) = scene.edit(&path, "x", "y").await;
    assert_eq!(text, format!("Edited {path}.\n1\t{}…\n2\tz", "a".repeat(SNIPPET_CHARS)));
}

#[test]
fn a_change_of_nothing_is_refused_before_anybody_is_asked_row_258() {
    let scene = Scene::new();
    let prepare = |old: &str, new: &str| {
        Edit::new()
            .prepare(&json!({ "file_path": "/a", "old_string": old, "new_string": new }), &scene.cx.workspace)
    };
    let text = "old_string and new_string are the same, so there is nothing to change.";
    assert_eq!(prepare("a", "a"), Err(ToolError::Respond(text.to_owned())));
    assert_eq!(prepare("a", "b"), Ok(Declared { access: Access::WritePath("/a".into()), parallel: false }));
}

#[test]
fn inputs_that_do_not_fit_name_the_field_row_220() {
    let schema = InputSchema::compile(Edit::new().input_schema()).unwrap();
    for (input, field) in [
        (json!({ "old_string": "a", "new_string": "b" }), "file_path"),
        (json!({ "file_path": "/a", "new_string": "b" }), "old_string"),
        (json!({ "file_path": "/a", "old_string": "a" }), "new_string"),
        (json!({ "file_path": "/a", "old_string": "a", "new_string": null }), "new_string: "),
        (
            json!({ "file_path": "/a", "old_string": "a", "new_string": "b", "replace_all": "yes" }),
            "replace_all: ",
        ),
        (json!({ "file_path": "/a", "old_string": "a", "new_string": "b", "count": 2 }), "count"),
    ] {
        let text = schema.check(&input).unwrap_err();
        assert!(text.contains(field), "{input}: {text}");
    }
}

#[tokio::test]
async fn a_link_that_points_elsewhere_than_when_it_was_judged_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let mut cx = test_support::context(dir.path());
    let root = cx.workspace.original().to_path_buf();
    std::fs::write(root.join("secret"), "a").unwrap();
    std::os::unix::fs::symlink(root.join("secret"), root.join("link")).unwrap();
    cx.judged = Some(root.join("harmless"));
    let input = serde_json::json!({ "file_path": root.join("link"), "old_string": "a", "new_string": "b" });
    let error = Edit::new().run(input, &cx).await.unwrap_err();
    assert!(
        matches!(&error, ToolError::Respond(text) if text.contains("points to another file")),
        "{error:?}"
    );
    assert_eq!(std::fs::read_to_string(root.join("secret")).unwrap(), "a");
}

#[tokio::test]
async fn the_model_is_told_when_a_file_changes_its_encoding() {
    let scene = Scene::new();
    let path = scene.known("a.txt", b"caf\xe9\n").await;
    let (text, _) = scene.edit(&path, "caf", "th").await;
    assert!(!text.contains("UTF-8"), "{text}");
    assert_eq!(std::fs::read(&path).unwrap(), b"th\xe9\n", "it stays as it was");
    let (text, _) = scene.edit(&path, "th", "5 € ").await;
    assert!(text.contains("all of it is UTF-8 now.\n1\t"), "{text}");
    assert_eq!(content(&path), "5 € é\n");
    let (text, _) = scene.edit(&path, "5", "6").await;
    assert!(!text.contains("UTF-8"), "once: {text}");
}
