//! Contestants: the Bash tool and a bare spawn of bash, in turn. Prints the median time of `true` of each, in milliseconds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring stick, not part of the engine"
)]

use native_agent_sdk::engine::clock::Clock;
use native_agent_sdk::engine::emit::{Emitter, Outbox};
use native_agent_sdk::engine::env::Env;
use native_agent_sdk::engine::io::process::ProcessTable;
use native_agent_sdk::engine::task::Tasks;
use native_agent_sdk::engine::tool::bash::Bash;
use native_agent_sdk::engine::tool::read_state::ReadState;
use native_agent_sdk::engine::tool::{Tool, ToolContext};
use native_agent_sdk::engine::workspace::Workspace;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const RUNS: usize = 300;

fn context(dir: &std::path::Path) -> ToolContext {
    let env = [
        ("PATH", std::env::var("PATH").unwrap()),
        ("HOME", dir.to_string_lossy().into_owned()),
        ("CLAUDE_CODE_TMPDIR", dir.to_string_lossy().into_owned()),
    ];
    let (clock, cancel) = (Clock::real(), CancellationToken::new());
    let id: Arc<str> = "00000000-0000-4000-8000-000000000000".into();
    let emitter = Emitter::new(Arc::new(Outbox::default()), Arc::clone(&id), clock.clone(), false);
    ToolContext {
        workspace: Arc::new(Workspace::new(dir.to_path_buf(), Vec::new())),
        env: Arc::new(Env::new(env.map(|(name, value)| (name.to_owned(), value)))),
        read_state: Arc::new(ReadState::default()),
        processes: Arc::new(ProcessTable::default()),
        tool_config: std::sync::Arc::default(),
        tasks: Arc::new(Tasks::new(emitter, clock.clone(), cancel.clone())),
        effort: None,
        cancel,
        clock,
        tool_use_id: "toolu_1".into(),
        session_id: id,
        unreadable: Arc::default(),
        judged: None,
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

#[tokio::main]
async fn main() {
    let dir = std::env::temp_dir().join(format!("native-agent-sdk-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let cx = context(&dir);
    let (mut tool, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let began = Instant::now();
        let output = Bash::new().run(json!({ "command": "true" }), &cx).await.unwrap();
        tool.push(began.elapsed());
        assert!(!output.is_error);
        let began = Instant::now();
        let output = std::process::Command::new("/bin/bash").args(["-c", "true"]).output().unwrap();
        bare.push(began.elapsed());
        assert!(output.status.success());
    }
    std::fs::remove_dir_all(&dir).unwrap();
    println!("{}", json!({ "native": median(tool), "floor": median(bare) }));
}
