//! The tools at one moment, and their definitions as a request carries them.

use super::Tool;
use super::deferral::Mode;
use super::table::Entry;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// Bytes of JSON that count as seven tokens: what definitions have taken in practice.
const BYTES: u64 = 24;
/// Tools that a search looks through at most (row 343).
const CATALOGUE: usize = 10_000;
/// Characters of the list of names behind the description of the search.
const LISTED: usize = 6000;

/// The tools at one moment.
#[derive(Default)]
pub struct Offer {
    ours: Vec<Arc<Entry>>,
    external: Vec<Arc<Entry>>,
    search: Option<Arc<Entry>>,
    /// Definitions of `ours` and `external`, in this order.
    definitions: Vec<Value>,
    full: OnceLock<Arc<str>>,
    /// Bytes of the definitions that may be kept back.
    deferrable: u64,
}

impl Offer {
    /// Our own tools, those of servers, and the search if it may be offered.
    pub fn new(ours: Vec<Arc<Entry>>, external: Vec<Arc<Entry>>, search: Option<Arc<Entry>>) -> Self {
        let definitions: Vec<Value> =
            ours.iter().chain(&external).map(|entry| definition(&*entry.tool)).collect();
        let deferrable = match search {
            None => 0,
            Some(_) => ours
                .iter()
                .chain(&external)
                .zip(&definitions)
                .filter(|(entry, _)| entry.tool.deferrable())
                .map(|(_, definition)| definition.to_string().len() as u64)
                .sum(),
        };
        Self { ours, external, search, definitions, full: OnceLock::new(), deferrable }
    }

    /// Every tool but the search.
    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.ours.iter().chain(&self.external)
    }

    /// The search, if it may be offered.
    pub fn search(&self) -> Option<&Arc<Entry>> {
        self.search.as_ref()
    }

    /// The tools that may be kept back.
    pub fn catalogue(&self) -> Vec<&Arc<Entry>> {
        self.external.iter().filter(|entry| entry.tool.deferrable()).take(CATALOGUE).collect()
    }

    /// About how many tokens the definitions take that may be kept back.
    pub fn tokens(&self) -> u64 {
        self.deferrable * 7 / BYTES
    }

    /// The definitions in full.
    pub fn full(&self) -> Arc<str> {
        Arc::clone(self.full.get_or_init(|| Value::Array(self.definitions.clone()).to_string().into()))
    }

    /// The definitions as `mode` has them. `found` are the tools that a search has found, with their definitions.
    pub fn definitions(&self, mode: Mode, found: &BTreeMap<String, Value>) -> Arc<str> {
        if mode == Mode::Off && found.is_empty() {
            return self.full();
        }
        let (mut all, mut seen): (Vec<Value>, Vec<&str>) = (Vec::new(), Vec::new());
        let mut kept_back: Vec<&dyn Tool> = Vec::new();
        for (entry, definition) in self.entries().zip(&self.definitions) {
            let name = entry.tool.name();
            let back = mode != Mode::Off && entry.tool.deferrable();
            if back {
                kept_back.push(&*entry.tool);
            }
            if back && mode == Mode::Own && !found.contains_key(name) {
                continue;
            }
            let mut definition = definition.clone();
            if back && mode == Mode::References {
                definition["defer_loading"] = true.into();
            }
            seen.push(name);
            all.push(definition);
        }
        if let (true, Some(search)) = (mode != Mode::Off, &self.search) {
            let mut definition = definition(&*search.tool);
            let text = format!("{}\n\n{}", search.tool.description().trim_end(), listed(&kept_back));
            definition["description"] = text.into();
            // Behind our own, before those of servers, which come and go.
            all.insert(self.ours.len().min(all.len()), definition);
        }
        // The conversation refers to them: without a definition the API would refuse it.
        if mode != Mode::Own {
            for definition in
                found.iter().filter(|(name, _)| !seen.contains(&name.as_str())).map(|(_, value)| value)
            {
                let mut definition = definition.clone();
                definition["defer_loading"] = true.into();
                all.push(definition);
            }
        }
        Value::Array(all).to_string().into()
    }
}

/// The definition of a tool as the API takes it.
pub fn definition(tool: &dyn Tool) -> Value {
    json!({
        "name": tool.name(),
        "description": tool.description().trim_end(),
        "input_schema": tool.input_schema(),
    })
}

/// What can be searched for: the names by server, as far as there is room.
fn listed(tools: &[&dyn Tool]) -> String {
    let mut servers: Vec<(&str, Vec<&str>)> = Vec::new();
    for tool in tools {
        let Some(pair) = tool.server_tool() else { continue };
        match servers.iter_mut().find(|(server, _)| *server == pair.server) {
            Some((_, names)) => names.push(tool.name()),
            None => servers.push((&pair.server, vec![tool.name()])),
        }
    }
    let mut text = format!("{} tools can be found, by MCP server:", tools.len());
    let room = LISTED / servers.len().max(1);
    for (server, names) in servers {
        let _ = write!(text, "\n{server}: ");
        let mut used = 0;
        for (at, name) in names.iter().enumerate() {
            used += name.len() + 2;
            if used > room {
                let _ = write!(text, "{} more", names.len() - at);
                break;
            }
            text.push_str(name);
            if at + 1 < names.len() {
                text.push_str(", ");
            }
        }
    }
    text
}
