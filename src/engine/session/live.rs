//! What a host may change while a session runs: permission mode, model, thinking, rules.

use crate::engine::model::table::ModelInfo;
use crate::engine::options::Thinking;
use crate::engine::permission::{PermissionMode, RuleSet};
use crate::engine::tool::ServerTool;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The settings of a session that control requests and permission updates change.
#[derive(Debug)]
pub struct Live(Mutex<Arc<Settings>>);

/// One state of the live settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The permission mode.
    pub mode: PermissionMode,
    /// Rules from options and from answers of the host.
    pub rules: Arc<RuleSet>,
    /// The model of the next request.
    pub model: Arc<ModelInfo>,
    /// Thinking of the next request; `None` means the model's own default.
    pub thinking: Option<Thinking>,
    /// Modes of single MCP servers, by normalised name.
    pub server_modes: BTreeMap<String, PermissionMode>,
    /// Effort of the next request; `None` means the model's own default.
    pub effort: Option<String>,
    /// Effort at most, whoever asks for more.
    pub effort_ceiling: Option<String>,
}

impl Settings {
    /// The mode for a call of a tool: that of its server, if it has one and the session's is not stricter than any.
    pub fn mode_for(&self, tool: Option<&ServerTool>) -> PermissionMode {
        match self.mode {
            PermissionMode::Plan | PermissionMode::DontAsk => self.mode,
            PermissionMode::Default
            | PermissionMode::AcceptEdits
            | PermissionMode::BypassPermissions
            | PermissionMode::Auto => {
                tool.and_then(|tool| self.server_modes.get(&tool.server)).copied().unwrap_or(self.mode)
            }
        }
    }
}

impl Live {
    /// Starts with `settings`.
    pub fn new(settings: Settings) -> Self {
        Self(Mutex::new(Arc::new(settings)))
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Settings>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The settings as they are now; later changes do not show in them.
    pub fn get(&self) -> Arc<Settings> {
        Arc::clone(&self.lock())
    }

    /// Changes the settings for everything that starts from now on.
    pub fn change<T>(&self, change: impl FnOnce(&mut Settings) -> T) -> T {
        change(Arc::make_mut(&mut self.lock()))
    }
}
