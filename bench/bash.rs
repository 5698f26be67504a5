//! Contestants: the Bash tool and a bare spawn of bash, in turn. Prints the median time of `true` of each, in milliseconds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring stick, not part of the engine"
)]

use native_agent_sdk::engine::tool::Tool;
use native_agent_sdk::engine::tool::shell::bash::Bash;
use native_agent_sdk::engine::tool::test_support::context_with;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const RUNS: usize = 300;

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

#[tokio::main]
async fn main() {
    // Queries run on the workers of the runtime, not on the thread that waits for it.
    tokio::spawn(measure()).await.unwrap();
}

async fn measure() {
    let dir = std::env::temp_dir().join(format!("native-agent-sdk-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let cx = context_with(&dir, &[("CLAUDE_CODE_TMPDIR", &dir.to_string_lossy())], &CancellationToken::new());
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
