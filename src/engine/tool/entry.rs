//! A tool in the table, with what is made of it once and then shared: its compiled schema and its definition.

use super::Tool;
use super::schema::InputSchema;
use serde::Serialize;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// A tool in the table. Both parts are made when they are first needed: servers may have hundreds of tools, of which
/// most are never called, and every session has tools of its own.
pub struct Entry {
    /// The tool.
    pub tool: Box<dyn Tool>,
    schema: OnceLock<Option<InputSchema>>,
    definition: OnceLock<Arc<str>>,
}

#[derive(Serialize)]
struct Definition<'a> {
    name: &'a str,
    description: &'a str,
    input_schema: &'a Value,
}

impl Entry {
    /// A tool as an entry.
    pub fn new(tool: Box<dyn Tool>) -> Arc<Self> {
        Arc::new(Self { tool, schema: OnceLock::new(), definition: OnceLock::new() })
    }

    /// `Ok` when `input` fits the tool's schema; else one line per fault. A schema that cannot be compiled, which only a
    /// server can have, lets every input pass: its owner checks again.
    pub fn check(&self, input: &Value) -> Result<(), String> {
        let schema = self.schema.get_or_init(|| InputSchema::compile(self.tool.input_schema()).ok());
        schema.as_ref().map_or(Ok(()), |schema| schema.check(input))
    }

    /// The definition as the API takes it: a JSON object.
    pub fn definition(&self) -> &Arc<str> {
        self.definition.get_or_init(|| definition(&*self.tool, self.tool.description()).into())
    }
}

/// The definition of a tool with this description.
pub fn definition(tool: &dyn Tool, description: &str) -> String {
    let definition = Definition {
        name: tool.name(),
        description: description.trim_end(),
        input_schema: tool.input_schema(),
    };
    // Texts and JSON values always serialise.
    serde_json::to_string(&definition).unwrap_or_default()
}
