//! The ordered list of tools that the model is offered, and the names they answer to.

use super::schema::InputSchema;
use super::{Tool, bash, edit, glob, grep, notebook_edit, read, task_output, task_stop, write};
use crate::engine::options::{Options, ToolChoice};
use serde_json::json;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// A tool with its compiled schema.
pub struct Entry {
    /// The tool.
    pub tool: Box<dyn Tool>,
    /// Its input schema, compiled.
    pub schema: InputSchema,
}

/// Every built-in tool, in the order in which the model sees them. Shared by all sessions of the process.
static BUILT_IN: LazyLock<Vec<Arc<Entry>>> = LazyLock::new(|| {
    let tools: Vec<Box<dyn Tool>> = vec![
        Box::new(bash::Bash::new()),
        Box::new(glob::Glob::new()),
        Box::new(grep::Grep::new()),
        Box::new(read::Read::new()),
        Box::new(edit::Edit::new()),
        Box::new(write::Write::new()),
        Box::new(notebook_edit::NotebookEdit::new()),
        Box::new(task_output::TaskOutput::new()),
        Box::new(task_stop::TaskStop::new()),
    ];
    // A schema that does not compile is caught by the unit test of this file, which counts the entries.
    tools
        .into_iter()
        .filter_map(|tool| {
            let schema = InputSchema::compile(tool.input_schema()).ok()?;
            Some(Arc::new(Entry { tool, schema }))
        })
        .collect()
});

/// Names of all built-in tools.
pub const BUILT_IN_NAMES: [&str; 9] =
    ["Bash", "Glob", "Grep", "Read", "Edit", "Write", "NotebookEdit", "TaskOutput", "TaskStop"];

/// Earlier names of built-in tools: programs and models still use them (row 225).
const FORMER_NAMES: [(&str, &str); 3] =
    [("BashOutput", "TaskOutput"), ("KillShell", "TaskStop"), ("KillBash", "TaskStop")];

/// The name that a built-in tool has now.
pub fn present_name(name: &str) -> &str {
    FORMER_NAMES.iter().find(|(former, _)| *former == name).map_or(name, |(_, now)| now)
}

/// The tools of one session: the built-in ones, and after them those of its MCP servers, which come and go.
pub struct ToolTable {
    built_in: Vec<Arc<Entry>>,
    offer: RwLock<Arc<Offer>>,
}

/// The tools at one moment.
struct Offer {
    entries: Vec<Arc<Entry>>,
    json: Arc<str>,
}

impl Offer {
    fn new(entries: Vec<Arc<Entry>>) -> Arc<Self> {
        let definitions: Vec<_> = entries
            .iter()
            .map(|entry| {
                json!({
                    "name": entry.tool.name(),
                    "description": entry.tool.description().trim_end(),
                    "input_schema": entry.tool.input_schema(),
                })
            })
            .collect();
        let json = serde_json::Value::Array(definitions).to_string().into();
        Arc::new(Self { entries, json })
    }
}

impl ToolTable {
    /// The tools that `options` leave: chosen by `tools`, less bare names of `disallowedTools` (rows 63 and 64).
    pub fn new(options: &Options) -> Self {
        let chosen = |name: &str| match &options.tools {
            ToolChoice::All => true,
            ToolChoice::Only(names) => names.iter().any(|given| present_name(given) == name),
        };
        let hidden =
            |name: &str| options.hidden_tools.iter().any(|given| present_name(given) == name || given == "*");
        let built_in: Vec<_> = BUILT_IN
            .iter()
            .filter(|entry| chosen(entry.tool.name()) && !hidden(entry.tool.name()))
            .map(Arc::clone)
            .collect();
        Self { offer: RwLock::new(Offer::new(built_in.clone())), built_in }
    }

    /// Replaces the tools of MCP servers. The built-in ones keep their place before them.
    pub fn set_external(&self, entries: Vec<Arc<Entry>>) {
        let offer = Offer::new(self.built_in.iter().cloned().chain(entries).collect());
        *self.offer.write().unwrap_or_else(PoisonError::into_inner) = offer;
    }

    fn offer(&self) -> Arc<Offer> {
        Arc::clone(&self.offer.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The definitions as the API takes them: a JSON array.
    pub fn json(&self) -> Arc<str> {
        Arc::clone(&self.offer().json)
    }

    /// Names in order.
    pub fn names(&self) -> Vec<String> {
        self.offer().entries.iter().map(|entry| entry.tool.name().to_owned()).collect()
    }

    /// The tool that answers to `name`, now or in earlier versions.
    pub fn get(&self, name: &str) -> Option<Arc<Entry>> {
        let name = present_name(name);
        self.offer().entries.iter().find(|entry| entry.tool.name() == name).map(Arc::clone)
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
