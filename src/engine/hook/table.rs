//! The hooks of one query by event, compiled, and what the session keeps for them.

use super::command::Command;
use super::condition::Condition;
use super::event::HookEvent;
use super::inspector::Inspector;
use super::matcher::Matcher;
use super::post::Post;
use super::question::Question;
use super::server_call::ServerCall;
use crate::engine::tool::Origin;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

/// What happens when a callback fails (row 167).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// As if it had no opinion.
    Continue,
    /// What it is about does not happen.
    Block,
}

/// One hook.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Which one it is, for people: `options.hooks.PreToolUse[0].hooks[1]`.
    pub origin: String,
    /// What it is for.
    pub matcher: Matcher,
    /// A rule that the call must meet as well (row 172).
    pub condition: Option<Arc<Condition>>,
    /// How long it may take; `None` is the event's own limit.
    pub timeout: Option<Duration>,
    /// What its failure means; `None` is what the event says.
    pub on_failure: Option<OnFailure>,
    /// What is run.
    pub handler: Handler,
}

/// What a hook runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Handler {
    /// A function of the embedder, by its place in `options.hooks`.
    Callback {
        /// Which matcher of the event.
        matcher: usize,
        /// Which function of the matcher.
        hook: usize,
    },
    /// A command of a settings file.
    Command(Arc<Command>),
    /// A request of a settings file.
    Http(Arc<Post>),
    /// A question of a settings file to a small model.
    Prompt(Arc<Question>),
    /// A model with tools that only look, asked by a settings file.
    Agent(Arc<Inspector>),
    /// A tool of an MCP server, named in a settings file.
    ServerTool(Arc<ServerCall>),
}

/// The types of handlers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A function of the embedder.
    Callback,
    /// `command`.
    Command,
    /// `http`.
    Http,
    /// `prompt`.
    Prompt,
    /// `agent`.
    Agent,
    /// `mcp_tool`.
    ServerTool,
}

impl Handler {
    /// Its type.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Callback { .. } => Kind::Callback,
            Self::Command(_) => Kind::Command,
            Self::Http(_) => Kind::Http,
            Self::Prompt(_) => Kind::Prompt,
            Self::Agent(_) => Kind::Agent,
            Self::ServerTool(_) => Kind::ServerTool,
        }
    }
}

/// Hooks by event, in the order in which they are started and merged.
#[derive(Debug, Clone)]
pub struct HookTable {
    by_event: Vec<Vec<Hook>>,
}

impl Default for HookTable {
    fn default() -> Self {
        Self { by_event: vec![Vec::new(); HookEvent::ALL.len()] }
    }
}

impl HookTable {
    /// Adds a hook behind those there are.
    pub fn add(&mut self, event: HookEvent, hook: Hook) {
        self.by_event[event as usize].push(hook);
    }

    /// Without the hooks of settings.
    #[must_use]
    pub fn callbacks(&self) -> Self {
        let mut callbacks = self.clone();
        for hooks in &mut callbacks.by_event {
            hooks.retain(|hook| hook.handler.kind() == Kind::Callback);
        }
        callbacks
    }

    /// The hooks of an event.
    pub fn of(&self, event: HookEvent) -> &[Hook] {
        &self.by_event[event as usize]
    }

    /// The hooks of an event that cover `subject`. Nothing is allocated when none does.
    pub fn matching(&self, event: HookEvent, subject: &str, origin: Option<&Origin>) -> Vec<&Hook> {
        let covers = |hook: &&Hook| match origin {
            None => hook.matcher.covers(subject, event),
            Some(origin) => hook.matcher.covers_server_tool(subject, &origin.pair),
        };
        self.of(event).iter().filter(covers).collect()
    }
}

/// What a session keeps for its hooks.
#[derive(Debug)]
pub struct Hooks {
    table: RwLock<Arc<HookTable>>,
    /// Whether messages tell of each run of a hook (`includeHookEvents`).
    pub tell: bool,
    prompt: Mutex<Option<String>>,
    /// The original directory, which is settled after the start, and the path that follows from it.
    transcript: OnceLock<(PathBuf, String)>,
    notes: Notes,
}

/// Texts for the model that wait until it is next spoken to.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    /// Adds some.
    pub fn keep(&self, notes: Vec<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(notes);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Hooks {
    /// Nothing has happened yet.
    pub fn new(table: Arc<HookTable>, tell: bool) -> Self {
        Self {
            table: RwLock::new(table),
            tell,
            prompt: Mutex::default(),
            transcript: OnceLock::new(),
            notes: Notes::default(),
        }
    }

    /// Where the transcript of a session in `cwd` belongs, by `find`, which is asked once for a directory that stays.
    pub fn transcript_path(&self, cwd: &Path, find: impl Fn() -> String) -> Cow<'_, str> {
        let (of, path) = self.transcript.get_or_init(|| (cwd.to_path_buf(), find()));
        if of.as_os_str() == cwd.as_os_str() { Cow::Borrowed(path) } else { Cow::Owned(find()) }
    }

    /// All hooks, as they are now.
    pub fn table(&self) -> Arc<HookTable> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes other hooks from now on.
    pub fn replace(&self, table: HookTable) {
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }

    /// The id of the prompt at hand; `None` before the first one (row 170).
    pub fn prompt_id(&self) -> Option<String> {
        self.prompt.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A prompt has come.
    pub fn prompted(&self, id: &str) {
        *self.prompt.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.to_owned());
    }

    /// Keeps texts for the model until it is next spoken to: they came when nothing was on its way to it.
    pub fn keep_notes(&self, notes: Vec<String>) {
        self.notes.keep(notes);
    }

    /// Where hooks put theirs that end when nobody waits for them.
    pub fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// The texts kept so far.
    pub fn take_notes(&self) -> Vec<String> {
        self.notes.take()
    }
}
