//! `CLAUDE_CODE_TOOL_MEMORY_LIMIT`: which commands are put into a control group, on a machine whose groups are plain files.

use crate::hook_calls::informed;
use crate::support::{Bench, calls, drain, says, tool_result};
use native_agent_sdk::engine::error::ErrorKind;
use native_agent_sdk::engine::query::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;

/// A bench on a machine whose groups are below `machine`, if it has any.
async fn bench(rules: Value, groups: bool) -> Bench {
    let mut bench = Bench::new(rules).await;
    if groups {
        bench.file("machine/proc/self/mountinfo", "33 22 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        bench.file("machine/proc/self/cgroup", "0::/app\n");
        bench.file("machine/sys/fs/cgroup/app/cgroup.subtree_control", "cpu memory\n");
    }
    bench.engine = Engine::with_clock(bench.clock.clone())
        .with_policy_file(bench.cwd().join("policy.json"))
        .with_machine_root(bench.cwd().join("machine"));
    bench
}

fn options(limit: &str) -> Value {
    json!({ "allowedTools": ["Bash"], "env": { "CLAUDE_CODE_TOOL_MEMORY_LIMIT": limit } })
}

/// Our groups below that of the process.
fn groups(bench: &Bench) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(bench.cwd().join("machine/sys/fs/cgroup/app")).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

#[tokio::test]
async fn all_commands_of_a_query_are_in_one_group_which_goes_with_it() {
    let bench = bench(json!([]), true).await;
    let group = bench.path("machine/sys/fs/cgroup/app/native-agent-sdk-*");
    let count = json!({ "command": format!("wc -l < {group}/cgroup.procs; cat {group}/memory.max") });
    let behind = json!({ "command": format!("wc -l < {group}/cgroup.procs > behind; touch done"), "run_in_background": true });
    // The kernel does not mind the files of a group when it is removed.
    let last =
        json!({ "command": format!("until [ -e done ]; do sleep 0.01; done; echo {group}; rm {group}/*") });
    bench.add_rules(json!([
        calls("c1", "Bash", count.clone()),
        calls("c2", "Bash", count),
        calls("c3", "Bash", behind),
        calls("c4", "Bash", last),
    ]));
    // The end of the command in the background may be a turn of its own.
    bench.add_rules(json!([says("done"), says("seen")]));
    assert_eq!(groups(&bench), Vec::<PathBuf>::new());
    let query = bench.query("Go", options("2G")).unwrap();
    let messages = drain(&query).await;
    assert_eq!(tool_result(&messages, "c1"), ("1\n2147483648".to_owned(), false));
    assert_eq!(tool_result(&messages, "c2"), ("2\n2147483648".to_owned(), false));
    // The last command may have come to the group already.
    let behind = std::fs::read_to_string(bench.path("behind")).unwrap();
    assert!(["3", "4"].contains(&behind.trim()), "{behind}");
    let (named, _) = tool_result(&messages, "c4");
    assert!(named.lines().count() == 1 && !named.contains('*'), "one group: {named}");
    assert_eq!(groups(&bench), Vec::<PathBuf>::new(), "gone with the query, which is still held");
    assert_eq!(informed(&messages), Vec::<String>::new());
    drop(query);
}

#[tokio::test]
async fn where_there_are_no_groups_commands_run_and_that_is_told_once() {
    let count = json!({ "command": "echo runs" });
    let rules = json!([calls("c1", "Bash", count.clone()), calls("c2", "Bash", count), says("done")]);
    let bench = bench(rules, false).await;
    let messages = bench.run("Go", options("2G")).await;
    for id in ["c1", "c2"] {
        assert_eq!(tool_result(&messages, id), ("runs".to_owned(), false));
    }
    let expected = format!(
        "CLAUDE_CODE_TOOL_MEMORY_LIMIT has no effect, and commands run without a limit on their memory: {} cannot be \
         read: No such file or directory (os error 2).",
        bench.path("machine/proc/self/mountinfo")
    );
    assert_eq!(informed(&messages), [expected]);
}

#[tokio::test]
async fn a_query_without_a_limit_makes_no_group() {
    for limit in ["", "0", "off", "false", "no", "none"] {
        let rules = json!([calls("c1", "Bash", json!({ "command": "echo runs" })), says("done")]);
        let bench = bench(rules, true).await;
        let messages = bench.run("Go", options(limit)).await;
        assert_eq!(tool_result(&messages, "c1"), ("runs".to_owned(), false));
        assert_eq!((groups(&bench), informed(&messages)), (Vec::new(), Vec::new()), "{limit:?}");
    }
}

#[tokio::test]
async fn what_is_no_size_is_an_error_before_anything_is_sent() {
    for limit in ["4e9", "lots", "4GB", "-1"] {
        let bench = bench(json!([]), true).await;
        let error = bench.query("Go", options(limit)).err().unwrap();
        assert_eq!(error.kind, ErrorKind::InvalidOption);
        assert_eq!(
            error.message,
            format!(
                "CLAUDE_CODE_TOOL_MEMORY_LIMIT is {limit:?}, which is no size. Give a number of bytes, or one with K, M, \
                 G or T such as 4G; 0 or off for no limit."
            )
        );
        assert!(bench.api.requests().is_empty());
    }
}

#[tokio::test]
async fn commands_that_run_elsewhere_are_not_ours_to_limit() {
    let bench = bench(json!([says("done")]), true).await;
    let mut options = options("2G");
    options["executors"] = json!({ "exec": { "$function": true }, "fs": "host", "fetch": "host" });
    let messages = bench.run("Go", options).await;
    assert_eq!(
        informed(&messages),
        ["CLAUDE_CODE_TOOL_MEMORY_LIMIT has no effect: options.executors.exec runs the commands."]
    );
}
