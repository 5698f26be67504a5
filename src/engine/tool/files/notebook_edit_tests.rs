#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::io::fs::{Fault, inject};
use crate::engine::tool::files::read::Read;
use crate::engine::tool::{ToolContent, schema::InputSchema, test_support};

struct Scene {
    _dir: tempfile::TempDir,
    cx: ToolContext,
    path: String,
}

const NOTEBOOK: &str =
    r#"{"cells": [{"cell_type": "code", "id": "a", "source": "1", "outputs": []}], "nbformat": 4}"#;

impl Scene {
    fn new(content: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cx = test_support::context(dir.path());
        let path = cx.workspace.original().join("a.ipynb");
        std::fs::write(&path, content).unwrap();
        Self { _dir: dir, cx, path: path.to_string_lossy().into_owned() }
    }

    async fn read(&self) {
        Read::new().run(json!({ "file_path": self.path }), &self.cx).await.unwrap();
    }

    fn input(&self, fields: Value) -> Value {
        let mut input = json!({ "notebook_path": self.path, "new_source": "2" });
        for (name, value) in fields.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    }

    async fn edit(&self, fields: Value) -> Result<(String, Value), String> {
        let input = self.input(fields);
        if let Err(ToolError::Respond(text)) = NotebookEdit::new().prepare(&input, &self.cx.workspace) {
            return Err(text);
        }
        match NotebookEdit::new().run(input, &self.cx).await {
            Ok(ToolOutput { content: ToolContent::Text(text), structured, .. }) => Ok((text, structured)),
            Err(ToolError::Respond(text)) => Err(text),
            other => panic!("{other:?}"),
        }
    }

    fn content(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }
}

#[tokio::test]
async fn cells_are_replaced_added_and_removed_row_263() {
    let scene = Scene::new(NOTEBOOK);
    let path = &scene.path;
    scene.read().await;
    let (text, output) = scene.edit(json!({ "cell_id": "a" })).await.unwrap();
    assert_eq!(text, format!("Replaced the source of cell a in {path}."));
    let after = scene.content();
    let expected = json!({
        "new_source": "2", "old_source": "1", "cell_id": "a", "cell_type": "code", "language": "python",
        "edit_mode": "replace", "notebook_path": path, "original_file": NOTEBOOK, "updated_file": after
    });
    assert_eq!(output, expected);
    let (text, output) = scene.edit(json!({ "edit_mode": "insert", "cell_type": "markdown" })).await.unwrap();
    assert_eq!(text, format!("Added a markdown cell cell-0 to {path}."));
    assert_eq!((&output["edit_mode"], output.get("old_source")), (&json!("insert"), None));
    let (text, _) =
        scene.edit(json!({ "edit_mode": "insert", "cell_id": "a", "cell_type": "code" })).await.unwrap();
    assert_eq!(text, format!("Added a code cell cell-2 to {path}."));
    let (text, output) = scene.edit(json!({ "edit_mode": "delete", "cell_id": "cell-0" })).await.unwrap();
    assert_eq!(text, format!("Removed cell cell-0 from {path}."));
    assert_eq!((&output["cell_type"], &output["old_source"]), (&json!("markdown"), &json!("2")));
    let cells: Value = serde_json::from_str(&scene.content()).unwrap();
    assert_eq!((&cells["cells"][0]["id"], &cells["cells"][1]["source"]), (&json!("a"), &json!("2")));
}

#[tokio::test]
async fn a_notebook_must_be_known_as_it_is_row_261() {
    let scene = Scene::new(NOTEBOOK);
    let path = &scene.path;
    let edit = || scene.edit(json!({ "cell_id": "a" }));
    assert_eq!(edit().await, Err(format!("{path} has not been read yet. Read it first, then edit it.")));
    let part = json!({ "file_path": path, "offset": 9 });
    Read::new().run(part, &scene.cx).await.unwrap();
    assert_eq!(
        edit().await,
        Err(format!("Only a part of {path} has been read. Read all of it first, then edit it."))
    );
    scene.read().await;
    std::fs::write(path, format!("{NOTEBOOK}\n")).unwrap();
    assert_eq!(
        edit().await,
        Err(format!("{path} has been modified since it was read. Read it again, then edit it."))
    );
    scene.read().await;
    edit().await.unwrap();
}

#[tokio::test]
async fn wrong_inputs_are_told_with_what_to_do_row_263() {
    let scene = Scene::new(NOTEBOOK);
    let path = &scene.path;
    let cwd = scene.cx.workspace.original().display().to_string();
    scene.read().await;
    for (fields, expected) in [
        (json!({}), "cell_id is missing: say which cell, with its id as Read shows it.".to_owned()),
        (
            json!({ "edit_mode": "delete" }),
            "cell_id is missing: say which cell, with its id as Read shows it.".to_owned(),
        ),
        (
            json!({ "edit_mode": "insert" }),
            "cell_type is missing: a new cell is code or markdown.".to_owned(),
        ),
        (json!({ "cell_id": "b" }), format!("{path} has no cell \"b\". Its cells are: a.")),
        (json!({ "cell_id": "cell-7" }), format!("{path} has no cell \"cell-7\". Its cells are: a.")),
        (
            json!({ "notebook_path": "" }),
            "notebook_path is empty. Give the absolute path of a file.".to_owned(),
        ),
        (
            json!({ "notebook_path": "/a\u{0}.ipynb" }),
            "notebook_path contains a NUL byte. Give the absolute path of a file.".to_owned(),
        ),
        (
            json!({ "notebook_path": "a.ipynb" }),
            format!("notebook_path must be absolute, and a.ipynb is not. Did you mean {cwd}/a.ipynb?"),
        ),
        (
            json!({ "notebook_path": "/a.txt", "cell_id": "a" }),
            "/a.txt is no notebook: its name does not end in .ipynb. Use Edit for other files.".to_owned(),
        ),
        (
            json!({ "notebook_path": format!("{cwd}/none.ipynb"), "cell_id": "a" }),
            format!("File does not exist: {cwd}/none.ipynb. The working directory is {cwd}."),
        ),
    ] {
        assert_eq!(scene.edit(fields).await, Err(expected));
    }
    assert_eq!(scene.content(), NOTEBOOK);
}

#[tokio::test]
async fn faults_of_the_disk_are_told_and_change_nothing() {
    let scene = Scene::new(NOTEBOOK);
    let path = &scene.path;
    scene.read().await;
    for (fault, kind, expected) in [
        (Fault::Write, std::io::ErrorKind::StorageFull, format!("Cannot write {path}: the disk is full.")),
        (Fault::Create, std::io::ErrorKind::StorageFull, format!("Cannot write {path}: the disk is full.")),
        (Fault::Rename, std::io::ErrorKind::StorageFull, format!("Cannot write {path}: the disk is full.")),
        (
            Fault::Write,
            std::io::ErrorKind::PermissionDenied,
            format!("Cannot write {path}: the operating system denies access."),
        ),
        (
            Fault::Stat,
            std::io::ErrorKind::PermissionDenied,
            format!("Cannot read {path}: the operating system denies access."),
        ),
        (
            Fault::Read,
            std::io::ErrorKind::PermissionDenied,
            format!("Cannot read {path}: the operating system denies access."),
        ),
        (Fault::Read, std::io::ErrorKind::NotFound, format!("Cannot read {path}: it is not there any more.")),
    ] {
        // A file that could not be written in place has its old content, and a new time.
        scene.read().await;
        let _guard = inject(scene.cx.workspace.original(), fault, kind);
        assert_eq!(scene.edit(json!({ "cell_id": "a" })).await, Err(expected));
        assert_eq!(scene.content(), NOTEBOOK);
    }
}

#[test]
fn inputs_that_do_not_fit_name_the_field_row_220() {
    let schema = InputSchema::compile(NotebookEdit::new().input_schema()).unwrap();
    for (input, field) in [
        (json!({}), "notebook_path"),
        (json!({ "notebook_path": "/a.ipynb" }), "new_source"),
        (json!({ "notebook_path": 7, "new_source": "" }), "notebook_path: "),
        (json!({ "notebook_path": "/a", "new_source": ["a"] }), "new_source: "),
        (json!({ "notebook_path": "/a", "new_source": "", "cell_type": "raw" }), "cell_type: "),
        (json!({ "notebook_path": "/a", "new_source": "", "edit_mode": "append" }), "edit_mode: "),
        (json!({ "notebook_path": "/a", "new_source": "", "cell_number": 1 }), "cell_number"),
    ] {
        let text = schema.check(&input).unwrap_err();
        assert!(text.contains(field), "{input}: {text}");
    }
}
