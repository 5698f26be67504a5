//! A tool context for tests and benchmarks: no query, and a model that cannot be reached.
#![allow(clippy::disallowed_methods, reason = "test code")]

use super::{ToolContext, files::read_state::ReadState, services::Services};
use crate::engine::emit::{Emitter, Outbox};
use crate::engine::io::files::HostFiles;
use crate::engine::model::{
    ApiFailure, FailureKind, ModelClient, ModelRequest, ModelStream, table::ModelTable,
};
use crate::engine::permission::PermissionMode;
use crate::engine::session::live::Settings;
use crate::engine::session::side::SideCalls;
use crate::engine::task::Tasks;
use crate::engine::{clock::Clock, env::Env, io::process::ProcessTable, workspace::Workspace};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A model that cannot be reached.
struct NoModel;

impl ModelClient for NoModel {
    fn open(&self, _: ModelRequest) -> futures::future::BoxFuture<'_, Result<ModelStream, ApiFailure>> {
        let failure = ApiFailure::new(FailureKind::InvalidRequest, "there is no model here");
        Box::pin(async { Err(failure) })
    }
}

/// A context whose workspace is `dir`, resolved. Its environment has the PATH of this process; its HOME is `dir`, so that
/// nothing of this user's has a say.
pub fn context(dir: &Path) -> ToolContext {
    context_with(dir, &[], &CancellationToken::new())
}

/// As [`context`], with more variables, for calls that end when `cancel` is cancelled.
pub fn context_with(dir: &Path, variables: &[(&str, &str)], cancel: &CancellationToken) -> ToolContext {
    let dir = std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let home = ("HOME".to_owned(), dir.to_string_lossy().into_owned());
    let path = std::env::var("PATH").ok().map(|path| ("PATH".to_owned(), path));
    let env = path.into_iter().chain([home]).chain(variables.iter().copied().map(own));
    let session_id: Arc<str> = "00000000-0000-4000-8000-000000000000".into();
    let (clock, cancel) = (Clock::real(), cancel.clone());
    let emitter = Emitter::new(Arc::new(Outbox::default()), Arc::clone(&session_id), clock.clone(), false);
    let env = Arc::new(Env::new(env));
    let side = SideCalls::new(Arc::new(NoModel), ModelTable::builtin(), Arc::clone(&env), Clock::real());
    let models = ModelTable::builtin();
    let live = Settings {
        mode: PermissionMode::Default,
        rules: Arc::default(),
        model: Arc::new(models.resolve("default", &env)),
        thinking: None,
        server_modes: BTreeMap::new(),
        effort: None,
        effort_ceiling: None,
    };
    ToolContext {
        live: Arc::new(live),
        workspace: Arc::new(Workspace::new(dir, Vec::new())),
        files: Arc::new(HostFiles),
        env,
        read_state: Arc::new(ReadState::default()),
        processes: Arc::new(ProcessTable::default()),
        effort: None,
        tasks: Arc::new(Tasks::new(emitter, clock.clone(), cancel.clone())),
        cancel,
        clock,
        tool_use_id: "toolu_test".into(),
        plan_instructions: None,
        session_id,
        unreadable: Arc::default(),
        services: Arc::new(Services::new(side, Arc::default())),
        tool_config: Arc::default(),
        judged: None,
    }
}
