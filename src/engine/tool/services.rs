//! What the tools of one session share beside files and processes.

use super::session::todo::Todos;
use super::session::todo_tasks::TaskLists;
use super::session::worktree::Entered;
use super::web::web_state::WebState;
use crate::engine::executor::Elsewhere;
use crate::engine::io::process::memory::MemoryLimit;
use crate::engine::session::side::SideCalls;
use std::sync::Arc;

/// Shared by all calls of a session.
pub struct Services {
    /// Calls of a model beside the conversation.
    pub side: SideCalls,
    /// What the web tools remember.
    pub web: WebState,
    /// The list of TodoWrite.
    pub todos: Todos,
    /// The list of the task tools.
    pub tasks: Arc<TaskLists>,
    /// The tools that act where the embedder puts them.
    pub elsewhere: Arc<Elsewhere>,
    /// The worktree that the session is in.
    pub worktree: Entered,
    /// The limit on the memory of shell commands, if there is to be one.
    pub memory: Option<MemoryLimit>,
}

impl Services {
    /// Nothing remembered yet but `tasks`.
    pub fn new(side: SideCalls, tasks: Arc<TaskLists>) -> Self {
        Self {
            side,
            web: WebState::default(),
            todos: Todos::default(),
            tasks,
            elsewhere: Arc::default(),
            worktree: Entered::default(),
            memory: None,
        }
    }

    /// The same with a limit on the memory of shell commands.
    #[must_use]
    pub fn with_memory(self, memory: Option<MemoryLimit>) -> Self {
        Self { memory, ..self }
    }

    /// The same with executors of the embedder.
    #[must_use]
    pub fn with_executors(self, elsewhere: Elsewhere) -> Self {
        Self { elsewhere: Arc::new(elsewhere), ..self }
    }
}
