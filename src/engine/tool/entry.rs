//! A tool in the table, with what is made of it once and then shared: its compiled schema and its definition.

use super::Tool;
use super::schema::InputSchema;
use serde::Serialize;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// A tool in the table. What belongs to it is made when it is first needed: servers may have hundreds of tools, of which
/// most are never called, and every session has tools of its own.
pub struct Entry {
    /// The tool.
    pub tool: Box<dyn Tool>,
    made: Arc<Made>,
    definition: OnceLock<Arc<str>>,
}

/// What is made of the description and the schema of a tool. Tools that have both in common can share it.
#[derive(Default)]
pub struct Made {
    schema: OnceLock<Option<InputSchema>>,
    /// The definition from behind its name on.
    rest: OnceLock<String>,
}

#[derive(Serialize)]
struct Rest<'a> {
    description: &'a str,
    input_schema: &'a Value,
}

impl Entry {
    /// A tool as an entry.
    pub fn new(tool: Box<dyn Tool>) -> Arc<Self> {
        let made = tool.made().map(Arc::clone).unwrap_or_default();
        Arc::new(Self { tool, made, definition: OnceLock::new() })
    }

    /// `Ok` when `input` fits the tool's schema; else one line per fault. A schema that cannot be compiled, which only a
    /// server can have, lets every input pass: its owner checks again.
    pub fn check(&self, input: &Value) -> Result<(), String> {
        let schema = self.made.schema.get_or_init(|| InputSchema::compile(self.tool.input_schema()).ok());
        schema.as_ref().map_or(Ok(()), |schema| schema.check(input))
    }

    /// The definition as the API takes it: a JSON object.
    pub fn definition(&self) -> &Arc<str> {
        self.definition.get_or_init(|| {
            let rest = self.made.rest.get_or_init(|| rest(&*self.tool, self.tool.description()));
            joined(self.tool.name(), rest).into()
        })
    }
}

/// The definition of a tool with this description.
pub fn definition(tool: &dyn Tool, description: &str) -> String {
    joined(tool.name(), &rest(tool, description))
}

fn rest(tool: &dyn Tool, description: &str) -> String {
    let rest = Rest { description: description.trim_end(), input_schema: tool.input_schema() };
    // Texts and JSON values always serialise.
    serde_json::to_string(&rest).unwrap_or_default()
}

/// The name in front of the other members.
fn joined(name: &str, rest: &str) -> String {
    let name = serde_json::to_string(name).unwrap_or_default();
    ["{\"name\":", &name, ",", rest.strip_prefix('{').unwrap_or(rest)].concat()
}
