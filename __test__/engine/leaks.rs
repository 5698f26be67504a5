//! Nothing is left behind: no process, no descriptor, no file of a call.

use crate::support::Bench;
use native_agent_sdk::engine::io::process::ProcessTable;
use native_agent_sdk::engine::tool::shell::bash::Bash;
use native_agent_sdk::engine::tool::test_support::context_with;
use native_agent_sdk::engine::tool::{Tool, ToolContext, ToolError};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How many commands are aborted, and how many of them at a time.
const COMMANDS: usize = 1000;
const AT_ONCE: usize = 50;

/// Runs a command that would last, with a child of its own, and aborts it once both are there.
async fn abort_one(bench: &Bench, processes: &Arc<ProcessTable>, number: usize) {
    let cancel = CancellationToken::new();
    let temporary = bench.path(".tmp");
    let cx = context_with(&bench.cwd(), &[("CLAUDE_CODE_TMPDIR", &temporary)], &cancel);
    let cx = ToolContext { processes: Arc::clone(processes), ..cx };
    let file = bench.cwd().join(format!("pids-{number}"));
    let command = format!("sleep 1000 & echo $$ $! > {}; wait", file.display());
    let background = number.is_multiple_of(4);
    let input = json!({ "command": command, "run_in_background": background });
    let running = tokio::spawn(async move { Bash::new().run(input, &cx).await });
    while !std::fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n')) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    cancel.cancel();
    let ended = running.await.unwrap();
    assert!(background || ended == Err(ToolError::Cancelled), "{ended:?}");
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Children of this process, dead ones too.
fn children() -> Vec<String> {
    let own = format!(" {} ", std::process::id());
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let stats = processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    stats.filter(|stat| stat.rsplit(") ").next().is_some_and(|rest| rest[1..].starts_with(&own))).collect()
}

/// In a process of its own: other tests have children and descriptors too.
#[cfg(target_os = "linux")]
#[test]
fn a_thousand_aborted_commands_leave_nothing_behind() {
    let test = "leaks::the_thousand_commands";
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by a_thousand_aborted_commands_leave_nothing_behind, alone in a process"]
async fn the_thousand_commands() {
    let bench = Bench::new(json!([])).await;
    let processes: Arc<ProcessTable> = Arc::default();
    let round = async |numbers: std::ops::Range<usize>| {
        futures::future::join_all(numbers.map(|number| abort_one(&bench, &processes, number))).await;
        while !processes.is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    round(0..AT_ONCE).await;
    let before = descriptors();
    for start in (AT_ONCE..COMMANDS).step_by(AT_ONCE) {
        round(start..start + AT_ONCE).await;
    }
    assert_eq!(children(), Vec::<String>::new());
    assert!(descriptors() <= before, "{} descriptors, {before} after the first round", descriptors());
    let pids = (0..COMMANDS).flat_map(|number| {
        let text = std::fs::read_to_string(bench.cwd().join(format!("pids-{number}"))).unwrap();
        text.split_whitespace().map(|pid| pid.parse::<i32>().unwrap()).collect::<Vec<_>>()
    });
    let alive = |pid: &i32| {
        // A number may have been given to somebody else by now.
        let name = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        name.contains("sleep\u{0}1000")
    };
    assert_eq!(pids.filter(alive).count(), 0);
}
