//! The tools at one moment, and their definitions as a request carries them.

use super::Tool;
use super::deferral::Mode;
use super::entry::{self, Entry};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

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
    full: OnceLock<Arc<str>>,
    /// Bytes of the definitions that may be kept back.
    deferrable: u64,
}

impl Offer {
    /// Our own tools, those of servers, and the search if it may be offered.
    pub fn new(ours: Vec<Arc<Entry>>, external: Vec<Arc<Entry>>, search: Option<Arc<Entry>>) -> Self {
        let deferrable = |entry: &&Arc<Entry>| search.is_some() && entry.tool.deferrable();
        let tools = ours.iter().chain(&external).filter(deferrable);
        let deferrable = tools.map(|entry| entry.definition().len() as u64).sum();
        Self { ours, external, search, full: OnceLock::new(), deferrable }
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
        let list = || shared(&array(self.entries().map(|entry| entry.definition().as_ref())));
        Arc::clone(self.full.get_or_init(list))
    }

    /// The definitions as `mode` has them. `found` are the tools that a search has found, with their definitions.
    pub fn definitions(&self, mode: Mode, found: &BTreeMap<String, Arc<str>>) -> Arc<str> {
        if mode == Mode::Off && found.is_empty() {
            return self.full();
        }
        let (mut all, mut seen): (Vec<Cow<'_, str>>, Vec<&str>) = (Vec::new(), Vec::new());
        let mut kept_back: Vec<&dyn Tool> = Vec::new();
        for entry in self.entries() {
            let name = entry.tool.name();
            let back = mode != Mode::Off && entry.tool.deferrable();
            if back {
                kept_back.push(&*entry.tool);
            }
            if back && mode == Mode::Own && !found.contains_key(name) {
                continue;
            }
            seen.push(name);
            all.push(if back && mode == Mode::References {
                deferred(entry.definition()).into()
            } else {
                entry.definition().as_ref().into()
            });
        }
        if let (true, Some(search)) = (mode != Mode::Off, &self.search) {
            let text = format!("{}\n\n{}", search.tool.description().trim_end(), listed(&kept_back));
            // Behind our own, before those of servers, which come and go.
            all.insert(self.ours.len().min(all.len()), entry::definition(&*search.tool, &text).into());
        }
        // The conversation refers to them: without a definition the API would refuse it.
        if mode != Mode::Own {
            let gone = found.iter().filter(|(name, _)| !seen.contains(&name.as_str()));
            all.extend(gone.map(|(_, definition)| Cow::Owned(deferred(definition))));
        }
        array(all.iter().map(AsRef::as_ref)).into()
    }
}

/// A definition that the API keeps from the model until a search has found it.
fn deferred(definition: &str) -> String {
    format!("{},\"defer_loading\":true}}", definition.strip_suffix('}').unwrap_or(definition))
}

fn array<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let mut text = "[".to_owned();
    for item in items {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(item);
    }
    text.push(']');
    text
}

/// The text, in one piece of memory with the last equal one: the sessions of a process mostly have the same tools.
fn shared(text: &str) -> Arc<str> {
    static LAST: Mutex<Option<Weak<str>>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(equal) = last.as_ref().and_then(Weak::upgrade).filter(|last| **last == *text) {
        return equal;
    }
    let fresh: Arc<str> = text.into();
    *last = Some(Arc::downgrade(&fresh));
    fresh
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
