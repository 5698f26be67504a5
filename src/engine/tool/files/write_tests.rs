#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::tool::{schema::InputSchema, test_scene};

type Scene = test_scene::Scene<Write>;

impl Scene {
    fn new() -> Self {
        Self::of(Write::new())
    }

    async fn write(&self, path: &str, content: &str) -> (String, Value) {
        self.good(json!({ "file_path": path, "content": content })).await
    }

    async fn refusal(&self, path: &str, content: &str) -> String {
        self.refused(json!({ "file_path": path, "content": content })).await
    }
}

#[tokio::test]
async fn a_new_file_is_created_with_its_directories_row_261_row_262() {
    let scene = Scene::new();
    let path = scene.path("a/b/c.txt");
    let (text, structured) = scene.write(&path, "one\n").await;
    assert_eq!(text, format!("Created {path}."));
    let expected = json!({
        "type": "create", "filePath": path, "content": "one\n", "structuredPatch": [], "originalFile": null
    });
    assert_eq!(structured, expected);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\n");
    let names = std::fs::read_dir(scene.path("a/b")).unwrap().count();
    assert_eq!(names, 1, "nothing temporary is left");
}

#[tokio::test]
async fn what_was_read_or_written_may_be_replaced_row_261_row_262() {
    let scene = Scene::new();
    let path = scene.file("a.txt", "one\ntwo\n");
    scene.let_read(json!({ "file_path": path })).await;
    let (text, structured) = scene.write(&path, "one\nTWO\n").await;
    assert_eq!(text, format!("Replaced the content of {path}."));
    let hunk = json!({ "oldStart": 1, "oldLines": 2, "newStart": 1, "newLines": 2, "lines": [" one", "-two", "+TWO"] });
    let expected = json!({
        "type": "update", "filePath": path, "content": "one\nTWO\n", "structuredPatch": [hunk],
        "originalFile": "one\ntwo\n"
    });
    assert_eq!(structured, expected);
    scene.write(&path, "").await;
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
}

#[tokio::test]
async fn what_is_not_known_as_it_is_may_not_be_replaced_row_261() {
    let scene = Scene::new();
    let unread = scene.file("unread", "x");
    let part = scene.file("part", "1\n2\n3\n");
    let stale = scene.file("stale", "x");
    scene.let_read(json!({ "file_path": part, "limit": 1 })).await;
    scene.let_read(json!({ "file_path": stale })).await;
    std::fs::write(&stale, "someone else's work").unwrap();
    for (path, why) in [
        (&unread, "exists and has not been read yet. Read it first, then write it."),
        (&stale, "has been modified since it was read. Read it again, then write it."),
    ] {
        assert_eq!(scene.refusal(path, "new").await, format!("{path} {why}"));
    }
    assert_eq!(
        scene.refusal(&part, "new").await,
        format!("Only a part of {part} has been read. Read all of it first, or change a part with Edit.")
    );
    let kept: Vec<_> = [&unread, &part, &stale].map(|path| std::fs::read_to_string(path).unwrap()).into();
    assert_eq!(kept, ["x", "1\n2\n3\n", "someone else's work"]);
}

#[cfg(unix)]
#[tokio::test]
async fn mode_and_link_stay() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    let path = scene.file("run.sh", "old");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o750)).unwrap();
    let link = scene.path("link");
    std::os::unix::fs::symlink("run.sh", &link).unwrap();
    scene.let_read(json!({ "file_path": path })).await;
    scene.write(&link, "new").await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o750);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_nothing_creates_its_target() {
    let scene = Scene::new();
    let link = scene.path("link");
    std::os::unix::fs::symlink("later.txt", &link).unwrap();
    scene.write(&link, "here").await;
    assert_eq!(std::fs::read_to_string(scene.path("later.txt")).unwrap(), "here");
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[tokio::test]
async fn what_is_in_the_way_is_told() {
    let scene = Scene::new();
    let file = scene.file("file", "");
    let below = format!("{file}/x");
    assert_eq!(
        scene.refusal(&below, "").await,
        format!("Cannot read {below}: a part of the path is a file, not a directory.")
    );
    std::fs::create_dir(scene.path("dir")).unwrap();
    let dir = scene.path("dir");
    assert_eq!(
        scene.refusal(&dir, "").await,
        format!("{dir} is a directory. List it with Glob, or with ls in Bash.")
    );
    let long = scene.path(&"n".repeat(300));
    assert!(scene.refusal(&long, "").await.starts_with(&format!("Cannot read {long}: ")));
    let longest = scene.path(&"n".repeat(255));
    scene.write(&longest, "x").await;
}

#[tokio::test]
async fn faults_of_the_disk_are_told_and_change_nothing() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    let scene = Scene::new();
    let path = scene.file("a", "old");
    scene.let_read(json!({ "file_path": path })).await;
    let fresh = scene.path("new/b");
    for (fault, kind, path, expected) in [
        (Fault::Read, ErrorKind::NotFound, &path, format!("Cannot read {path}: it is not there any more.")),
        (Fault::Write, ErrorKind::StorageFull, &path, format!("Cannot write {path}: the disk is full.")),
        (Fault::Create, ErrorKind::StorageFull, &path, format!("Cannot write {path}: the disk is full.")),
        (
            Fault::Create,
            ErrorKind::PermissionDenied,
            &fresh,
            format!("Cannot write {fresh}: the operating system denies access."),
        ),
        (
            Fault::Create,
            ErrorKind::ReadOnlyFilesystem,
            &fresh,
            format!("Cannot write {fresh}: the file system is read-only."),
        ),
        (
            Fault::MakeDir,
            ErrorKind::PermissionDenied,
            &fresh,
            format!("Cannot create the directory of {fresh}: the operating system denies access."),
        ),
    ] {
        let _guard = inject(scene.cx.workspace.original(), fault, kind);
        assert_eq!(scene.refusal(path, "new").await, expected);
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert!(!std::path::Path::new(&fresh).exists());
    let long = scene.path(&"x".repeat(300));
    let text = scene.refusal(&long, "new").await;
    assert_eq!(
        text,
        format!("Cannot read {long}: the name is too long, or has characters that a name cannot have.")
    );
}

#[tokio::test]
async fn encoding_and_line_ends_stay() {
    let scene = Scene::new();
    let cases: [(&[u8], &str, &[u8]); 6] = [
        (b"a\r\nb\r\n", "x\ny\n", b"x\r\ny\r\n"),
        (b"a\r\nb\r\n", "x\r\ny\n", b"x\r\ny\n"),
        (b"a\r\nb\nc\n", "x\n", b"x\n"),
        (b"\xEF\xBB\xBFa\n", "x\n", b"\xEF\xBB\xBFx\n"),
        (b"\xFF\xFEa\0", "x\n", b"\xFF\xFEx\0\n\0"),
        (b"caf\xE9", "th\u{e9}", b"th\xE9"),
    ];
    for (old, new, expected) in cases {
        let path = scene.file("a", old);
        scene.let_read(json!({ "file_path": path })).await;
        scene.write(&path, new).await;
        assert_eq!(std::fs::read(&path).unwrap(), expected);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_perforce_has_not_opened_is_left_alone_row_265() {
    use std::os::unix::fs::PermissionsExt;
    let mut scene = Scene::new();
    let path = scene.file("a", "old");
    scene.let_read(json!({ "file_path": path })).await;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o464)).unwrap();
    let hint =
        format!("{path} is not open for editing in Perforce. Run `p4 edit {path}` in Bash, then try again.");
    for (on, refused) in [("1", true), ("0", false)] {
        scene.cx.env = std::sync::Arc::new(crate::engine::env::Env::new([(
            "CLAUDE_CODE_PERFORCE_MODE".to_owned(),
            on.to_owned(),
        )]));
        if refused {
            assert_eq!(scene.refusal(&path, "new").await, hint);
        } else {
            scene.write(&path, "new").await;
        }
    }
}

#[tokio::test]
async fn binary_files_may_be_replaced_by_text_after_a_write() {
    let scene = Scene::new();
    let path = scene.path("a");
    scene.write(&path, "first").await;
    let (_, structured) = scene.write(&path, "second").await;
    assert_eq!((&structured["type"], &structured["originalFile"]), (&json!("update"), &json!("first")));
}

#[test]
fn inputs_that_do_not_fit_name_the_field_row_220() {
    let schema = InputSchema::compile(Write::new().input_schema()).unwrap();
    for (input, field) in [
        (json!({ "content": "" }), "file_path"),
        (json!({ "file_path": "/a" }), "content"),
        (json!({ "file_path": "/a", "content": 1 }), "content: "),
        (json!({ "file_path": "/a", "content": "", "mode": 7 }), "mode"),
    ] {
        let text = schema.check(&input).unwrap_err();
        assert!(text.contains(field), "{input}: {text}");
    }
}

#[test]
fn a_write_stands_alone_and_declares_its_path() {
    let scene = Scene::new();
    let declared =
        Write::new().prepare(&json!({ "file_path": "/a", "content": "" }), &scene.cx.workspace).unwrap();
    assert_eq!(declared, Declared { access: Access::WritePath("/a".into()), parallel: false });
    let relative = Write::new().prepare(&json!({ "file_path": "a", "content": "" }), &scene.cx.workspace);
    assert!(matches!(relative, Err(ToolError::Respond(_))));
}

#[tokio::test]
async fn the_model_is_told_when_a_file_changes_its_encoding() {
    let scene = Scene::new();
    let path = scene.file("a.txt", b"caf\xe9\n");
    scene.let_read(json!({ "file_path": path })).await;
    let (text, _) = scene.write(&path, "th\u{e9}\n").await;
    assert_eq!(text, format!("Replaced the content of {path}."));
    assert_eq!(std::fs::read(&path).unwrap(), b"th\xe9\n", "it stays as it was");
    let (text, _) = scene.write(&path, "5 €\n").await;
    assert!(text.ends_with("all of it is UTF-8 now."), "{text}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "5 €\n");
}
