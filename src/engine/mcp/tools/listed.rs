//! What a server lists as its tools, read once: sessions whose servers list the same share what was made of it.

use super::input_schema;
use super::tool::{DESCRIPTION, cut};
use crate::engine::mcp::transport::connection::Failure;
use crate::engine::tool::entry::Made;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Lists that are kept for sessions to come, and their bytes of JSON altogether.
const KEPT: usize = 16;
const KEPT_BYTES: usize = 1024 * 1024;

/// The tools of one list.
#[derive(Default)]
pub struct Listed {
    /// As the server described them, without their schemas.
    pub described: Vec<Value>,
    /// As the engine knows them, one for each.
    pub tools: Vec<Known>,
}

/// A tool that a server lists.
pub struct Known {
    /// The name that the server knows; empty if it gives none.
    pub remote: String,
    /// What is known of it; an error says why the model cannot be offered it.
    pub facts: Result<Arc<Facts>, String>,
}

/// What a tool is, whatever the server is called and whoever uses it.
pub struct Facts {
    /// For the model.
    pub description: String,
    /// Of its input, as the API takes it.
    pub schema: Value,
    /// It changes nothing.
    pub read_only: bool,
    /// What the server says beside.
    pub meta: Value,
    /// What is made of description and schema.
    pub made: Arc<Made>,
}

impl Facts {
    /// Whether the server says yes to this beside.
    pub fn flag(&self, name: &str) -> bool {
        self.meta.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}

impl Listed {
    /// Reads what a server has listed.
    pub fn new(mut described: Vec<Value>) -> Self {
        let tools = described.iter_mut().map(known).collect();
        Self { described, tools }
    }

    /// The list of this JSON text, which holds it as `name`: the one that was made of an equal text before, if it is still known.
    pub fn of_text(text: String, name: &str) -> Result<Arc<Self>, Failure> {
        if let Some(listed) = memory().find(&text) {
            return Ok(listed);
        }
        let mut result: Value = serde_json::from_str(&text).unwrap_or_default();
        let Some(Value::Array(items)) = result.get_mut(name).map(Value::take) else {
            return Err(Failure::Refused(format!("its list of {name} cannot be read")));
        };
        let listed = Arc::new(Self::new(items));
        memory().keep(text, &listed);
        Ok(listed)
    }
}

/// The schema moves out of the description.
fn known(described: &mut Value) -> Known {
    let schema = described.get_mut("inputSchema").map(Value::take);
    let remote = described.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let facts = match remote.as_str() {
        "" => Err("a tool without a name".to_owned()),
        name => facts(described, schema).map(Arc::new).map_err(|why| format!("the tool {name:?}: {why}")),
    };
    Known { remote, facts }
}

fn facts(described: &Value, schema: Option<Value>) -> Result<Facts, String> {
    let offered = input_schema::for_api(schema)?;
    let text = described.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = match offered.note {
        None => cut(text, DESCRIPTION),
        Some(note) => {
            let room = DESCRIPTION - note.len().min(DESCRIPTION / 2);
            cut(&format!("{}\n{note}", cut(text, room)), DESCRIPTION)
        }
    };
    let hint = described.pointer("/annotations/readOnlyHint").and_then(Value::as_bool);
    Ok(Facts {
        description,
        schema: offered.schema,
        read_only: hint.unwrap_or(false),
        meta: described.get("_meta").cloned().unwrap_or_default(),
        made: Arc::default(),
    })
}

/// The last lists and their texts, the latest first.
#[derive(Default)]
struct Memory(VecDeque<(String, Arc<Listed>)>);

static MEMORY: Mutex<Memory> = Mutex::new(Memory(VecDeque::new()));

impl Memory {
    fn find(&mut self, text: &str) -> Option<Arc<Listed>> {
        let at = self.0.iter().position(|(known, _)| known == text)?;
        let found = self.0.remove(at)?;
        let listed = Arc::clone(&found.1);
        self.0.push_front(found);
        Some(listed)
    }

    fn keep(&mut self, text: String, listed: &Arc<Listed>) {
        if text.len() > KEPT_BYTES {
            return;
        }
        self.0.push_front((text, Arc::clone(listed)));
        while self.0.len() > KEPT || self.bytes() > KEPT_BYTES {
            self.0.pop_back();
        }
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|(text, _)| text.len()).sum()
    }
}

fn memory() -> MutexGuard<'static, Memory> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "listed_tests.rs"]
mod tests;
