//! The ordered list of tools that the model is offered, and the names they answer to.

use super::deferral::{Deferral, Mode};
use super::entry::Entry;
use super::offer::Offer;
use super::{
    Tool, files::edit, files::notebook_edit, files::read, files::write, search::glob, search::grep,
    session::ask_user_question, session::config, session::plan_mode, session::todo, session::todo_tasks,
    session::worktree, shell::bash, shell::task_output, shell::task_stop, web::web_fetch, web::web_search,
};
use crate::engine::env::Env;
use crate::engine::model::table::ModelInfo;
use crate::engine::options::{Options, ToolChoice, executors::Executors};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};

/// Every built-in tool, in the order in which the model sees them. Shared by all sessions of the process.
static BUILT_IN: LazyLock<Vec<Arc<Entry>>> = LazyLock::new(|| {
    let mut tools: Vec<Box<dyn Tool>> = vec![
        Box::new(bash::Bash::new()),
        Box::new(glob::Glob::new()),
        Box::new(grep::Grep::new()),
        Box::new(read::Read::new()),
        Box::new(edit::Edit::new()),
        Box::new(write::Write::new()),
        Box::new(notebook_edit::NotebookEdit::new()),
        Box::new(ask_user_question::AskUserQuestion::new(None)),
        Box::new(plan_mode::EnterPlanMode::default()),
        Box::new(plan_mode::ExitPlanMode::default()),
        Box::new(task_output::TaskOutput::new()),
        Box::new(task_stop::TaskStop::new()),
        Box::new(web_fetch::WebFetch::new()),
        Box::new(web_search::WebSearch::new()),
        Box::new(config::Config::default()),
        Box::new(todo::TodoWrite::new()),
        Box::new(worktree::EnterWorktree::default()),
        Box::new(worktree::ExitWorktree::default()),
    ];
    tools.extend(todo_tasks::TaskTool::all().map(|tool| Box::new(tool) as Box<dyn Tool>));
    tools.into_iter().map(Entry::new).collect()
});

/// Names of all built-in tools.
pub const BUILT_IN_NAMES: [&str; 22] = [
    "Bash",
    "Glob",
    "Grep",
    "Read",
    "Edit",
    "Write",
    "NotebookEdit",
    "AskUserQuestion",
    "EnterPlanMode",
    "ExitPlanMode",
    "TaskOutput",
    "TaskStop",
    "WebFetch",
    "WebSearch",
    "Config",
    "TodoWrite",
    "EnterWorktree",
    "ExitWorktree",
    "TaskCreate",
    "TaskGet",
    "TaskUpdate",
    "TaskList",
];

/// Instead of TodoWrite, when asked for (row 298).
const TASK_TOOLS: [&str; 4] = ["TaskCreate", "TaskGet", "TaskUpdate", "TaskList"];

/// Whether a tool is offered to a session that does not choose its tools.
pub fn by_default(name: &str, task_tools: bool) -> bool {
    match name {
        "TodoWrite" => !task_tools,
        // The model may change how it is run only where the host says so.
        "Config" => false,
        _ => task_tools || !TASK_TOOLS.contains(&name),
    }
}

/// Earlier names of built-in tools: programs and models still use them (row 225).
const FORMER_NAMES: [(&str, &str); 3] =
    [("BashOutput", "TaskOutput"), ("KillShell", "TaskStop"), ("KillBash", "TaskStop")];

/// Tools of ours that are offered only when MCP servers give a reason to.
pub const OF_SERVERS: [&str; 5] =
    ["ListMcpResourcesTool", "ReadMcpResourceTool", "ReadMcpResourceDirTool", SEARCH, WAIT];
/// The tool that finds others.
pub const SEARCH: &str = "ToolSearch";
/// The tool that waits for servers.
pub const WAIT: &str = "WaitForMcpServers";
const FORMER_NAMES_OF_SERVERS: [(&str, &str); 2] =
    [("ListMcpResources", OF_SERVERS[0]), ("ReadMcpResource", OF_SERVERS[1])];

/// The name that a built-in tool has now.
pub fn present_name(name: &str) -> &str {
    let mut known = FORMER_NAMES.iter().chain(&FORMER_NAMES_OF_SERVERS);
    known.find(|(former, _)| *former == name).map_or(name, |(_, now)| now)
}

/// The tools of one session: the built-in ones, and after them those of its MCP servers, which come and go.
pub struct ToolTable {
    built_in: Vec<Arc<Entry>>,
    offer: RwLock<Arc<Offer>>,
    choice: Choice,
    deferral: Deferral,
    kept: Mutex<Kept>,
}

/// What requests have made of the offer.
#[derive(Default)]
struct Kept {
    mode: Mode,
    /// The tools that a search has found, with their definitions.
    found: BTreeMap<String, Arc<str>>,
    /// The last definitions, and what they were made of.
    last: Option<(Arc<Offer>, Mode, Arc<str>)>,
}

/// What the host wants of our own tools.
struct Choice {
    tools: ToolChoice,
    hidden: Vec<String>,
    /// The task tools instead of TodoWrite, unless the host names its tools.
    task_tools: bool,
    executors: Executors,
}

impl Choice {
    fn takes(&self, name: &str) -> bool {
        let chosen = match &self.tools {
            ToolChoice::All => by_default(name, self.task_tools),
            ToolChoice::Only(names) => {
                let tasks = names.iter().any(|given| TASK_TOOLS.contains(&given.as_str()));
                names.iter().any(|given| present_name(given) == name) && !(tasks && name == "TodoWrite")
            }
        };
        let placed = self.executors.offer(name);
        chosen && placed && !self.hidden.iter().any(|given| present_name(given) == name || given == "*")
    }
}

impl ToolTable {
    /// The tools that `options` leave: chosen by `tools`, less bare names of `disallowedTools` (rows 63 and 64).
    pub fn new(options: &Options) -> Self {
        let choice = Choice {
            tools: options.tools.clone(),
            hidden: options.hidden_tools.clone(),
            task_tools: options.task_tools,
            executors: options.executors,
        };
        let built_in: Vec<_> = BUILT_IN
            .iter()
            .filter(|entry| choice.takes(entry.tool.name()))
            .map(|entry| match (entry.tool.name(), options.tool_config.previews) {
                ("AskUserQuestion", Some(format)) => {
                    Entry::new(Box::new(ask_user_question::AskUserQuestion::new(Some(format))))
                }
                _ => Arc::clone(entry),
            })
            .collect();
        let offer = RwLock::new(Arc::new(Offer::new(built_in.clone(), Vec::new(), None)));
        Self { offer, built_in, choice, deferral: Deferral::OFF, kept: Mutex::default() }
    }

    /// Keeps definitions of servers back as the environment asks for it.
    pub fn deferring(mut self, env: &Env) -> Self {
        if self.choice.takes(SEARCH) {
            self.deferral = Deferral::from_env(env);
        }
        self
    }

    /// Whether the options leave a tool of ours that comes and goes with MCP servers.
    pub fn takes(&self, name: &str) -> bool {
        self.choice.takes(name)
    }

    /// Replaces what MCP servers give: tools of ours that work on them, their own, and the search among these.
    pub fn set_external(
        &self,
        ours: Vec<Arc<Entry>>,
        external: Vec<Arc<Entry>>,
        search: Option<&Arc<Entry>>,
    ) {
        let ours = self.built_in.iter().cloned().chain(ours).collect();
        let search = search.filter(|_| self.deferral != Deferral::OFF).map(Arc::clone);
        let offer = Arc::new(Offer::new(ours, external, search));
        *self.offer.write().unwrap_or_else(PoisonError::into_inner) = offer;
        // It holds the tools, which hold their server, which holds this table.
        self.kept().last = None;
    }

    fn offer(&self) -> Arc<Offer> {
        Arc::clone(&self.offer.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The definitions in full, as the API takes them: a JSON array.
    pub fn json(&self) -> Arc<str> {
        self.offer().full()
    }

    /// The definitions for a request to `model`.
    pub fn definitions(&self, model: &ModelInfo) -> Arc<str> {
        let offer = self.offer();
        let mode = self.mode_of(&offer, model);
        let mut kept = self.kept();
        kept.mode = mode;
        if let Some((of, with, json)) = &kept.last
            && Arc::ptr_eq(of, &offer)
            && *with == mode
        {
            return Arc::clone(json);
        }
        let json = offer.definitions(mode, &kept.found);
        kept.last = Some((offer, mode, Arc::clone(&json)));
        json
    }

    fn mode_of(&self, offer: &Offer, model: &ModelInfo) -> Mode {
        self.deferral.mode(offer.tokens(), model.window, &model.id)
    }

    /// How definitions were kept back from the last request.
    pub fn mode(&self) -> Mode {
        self.kept().mode
    }

    /// The tools that may be kept back.
    pub fn catalogue(&self) -> Vec<Arc<Entry>> {
        self.offer().catalogue().into_iter().map(Arc::clone).collect()
    }

    /// A search has found these: the model can call them from the next request on.
    pub fn found(&self, entries: &[&Arc<Entry>]) {
        let mut kept = self.kept();
        for entry in entries {
            kept.found.insert(entry.tool.name().to_owned(), Arc::clone(entry.definition()));
        }
        kept.last = None;
    }

    /// Whether the model has not been shown the definition of this tool.
    pub fn keeps_back(&self, tool: &dyn Tool) -> bool {
        let kept = self.kept();
        kept.mode != Mode::Off && tool.deferrable() && !kept.found.contains_key(tool.name())
    }

    /// Names in order.
    pub fn names(&self) -> Vec<String> {
        self.offer().entries().map(|entry| entry.tool.name().to_owned()).collect()
    }

    /// Names in order, with the search if it is offered to `model`.
    pub fn names_for(&self, model: &ModelInfo) -> Vec<String> {
        let offer = self.offer();
        let mut names = self.names();
        if self.mode_of(&offer, model) != Mode::Off {
            names.extend(offer.search().map(|entry| entry.tool.name().to_owned()));
        }
        names
    }

    /// The tool that answers to `name`, now or in earlier versions.
    pub fn get(&self, name: &str) -> Option<Arc<Entry>> {
        let name = present_name(name);
        let offer = self.offer();
        offer.entries().chain(offer.search()).find(|entry| entry.tool.name() == name).map(Arc::clone)
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
