//! What tests of one tool start from: a folder, a context whose workspace it is, and short ways to run the tool there.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use super::files::read::Read;
use super::{Tool, ToolContent, ToolContext, ToolError, ToolOutput, test_support};
use crate::engine::env::Env;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// A folder and a tool.
pub struct Scene<T> {
    /// The folder.
    pub dir: tempfile::TempDir,
    /// The context of every run.
    pub cx: ToolContext,
    tool: T,
}

impl<T> Scene<T> {
    /// An empty folder.
    pub fn of(tool: T) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cx = test_support::context(dir.path());
        Self { dir, cx, tool }
    }

    /// Makes this variable the environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.cx.env = Arc::new(Env::new([(name.to_owned(), value.to_owned())]));
    }

    /// The folder, resolved.
    pub fn root(&self) -> String {
        self.cx.workspace.original().to_string_lossy().into_owned()
    }

    /// A path in the folder, as text.
    pub fn path(&self, name: &str) -> String {
        self.cx.workspace.original().join(name).to_string_lossy().into_owned()
    }

    /// Writes a file, with its directories; returns its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.cx.workspace.original().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    }

    /// Writes files, the first one the oldest.
    pub fn with_files(self, files: &[(&str, &str)]) -> Self {
        for (age, (name, content)) in (1_u64..).zip(files) {
            let file = std::fs::File::open(self.file(name, content)).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(age)).unwrap();
        }
        self
    }

    /// The model reads a file.
    pub async fn let_read(&self, input: Value) {
        Read::new().run(input, &self.cx).await.unwrap();
    }
}

impl<T: Tool> Scene<T> {
    /// Runs the tool.
    pub async fn run(&self, input: Value) -> Result<ToolOutput, ToolError> {
        self.tool.run(input, &self.cx).await
    }

    /// What the model is told instead of a result.
    pub async fn refused(&self, input: Value) -> String {
        match self.run(input).await {
            Err(ToolError::Respond(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    /// Text and output of a call that is no error.
    pub async fn good(&self, input: Value) -> (String, Value) {
        let output = self.run(input).await.unwrap();
        assert!(!output.is_error, "{output:?}");
        (text(&output).to_owned(), output.structured)
    }

    /// The names found, as they come, without the folder's path.
    pub async fn names(&self, input: Value) -> Vec<String> {
        let output = self.run(input).await.unwrap();
        let names = output.structured["filenames"].as_array().unwrap().clone();
        let root = format!("{}/", self.root());
        names.iter().map(|name| name.as_str().unwrap().strip_prefix(&root).unwrap().to_owned()).collect()
    }
}

/// The text for the model.
pub fn text(output: &ToolOutput) -> &str {
    match &output.content {
        ToolContent::Text(text) => text,
        ToolContent::Blocks(_) => panic!("{output:?}"),
    }
}
