//! A tool context for tests.
#![allow(clippy::disallowed_methods, reason = "test code")]

use super::{ToolContext, read_state::ReadState};
use crate::engine::{clock::Clock, env::Env, io::process::ProcessTable, workspace::Workspace};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A context whose workspace is `dir`, resolved; its environment has PATH and HOME of this process.
pub fn context(dir: &std::path::Path) -> ToolContext {
    let dir = std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
    let env = ["PATH", "HOME"].into_iter().filter_map(|n| std::env::var(n).ok().map(|v| (n.to_owned(), v)));
    ToolContext {
        workspace: Arc::new(Workspace::new(dir, Vec::new())),
        env: Arc::new(Env::new(env)),
        read_state: Arc::new(ReadState::default()),
        processes: Arc::new(ProcessTable::default()),
        cancel: CancellationToken::new(),
        clock: Clock::real(),
        tool_use_id: "toolu_test".into(),
        session_id: "00000000-0000-4000-8000-000000000000".into(),
        plan_instructions: None,
        unreadable: Arc::default(),
        judged: None,
    }
}
