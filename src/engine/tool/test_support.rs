//! A tool context for tests.
#![allow(clippy::disallowed_methods, reason = "test code")]

use super::{ToolContext, read_state::ReadState};
use crate::engine::emit::{Emitter, Outbox};
use crate::engine::task::Tasks;
use crate::engine::{clock::Clock, env::Env, io::process::ProcessTable, workspace::Workspace};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A context whose workspace is `dir`, resolved. Its environment has the PATH of this process; its HOME is `dir`, so that
/// nothing of this user's has a say.
pub fn context(dir: &std::path::Path) -> ToolContext {
    let dir = std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
    let home = ("HOME".to_owned(), dir.to_string_lossy().into_owned());
    let env = std::env::var("PATH").ok().map(|path| ("PATH".to_owned(), path)).into_iter().chain([home]);
    let session_id: Arc<str> = "00000000-0000-4000-8000-000000000000".into();
    let (clock, cancel) = (Clock::real(), CancellationToken::new());
    let emitter = Emitter::new(Arc::new(Outbox::default()), Arc::clone(&session_id), clock.clone(), false);
    ToolContext {
        workspace: Arc::new(Workspace::new(dir, Vec::new())),
        env: Arc::new(Env::new(env)),
        read_state: Arc::new(ReadState::default()),
        processes: Arc::new(ProcessTable::default()),
        effort: None,
        tasks: Arc::new(Tasks::new(emitter, clock.clone(), cancel.clone())),
        cancel,
        clock,
        tool_use_id: "toolu_test".into(),
        session_id,
        unreadable: Arc::default(),
        tool_config: Arc::default(),
        judged: None,
    }
}
