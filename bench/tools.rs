//! Contestants: the file tools, and rg or GNU tools at the same work, in turn. Prints rows of the table, times as medians.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring stick, not part of the engine"
)]

use native_agent_sdk::engine::tool::test_support::context;
use native_agent_sdk::engine::tool::{
    Tool, ToolContext, files::edit::Edit, files::read::Read, search::glob::Glob, search::grep::Grep,
};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const DIRECTORIES: usize = 1000;
const FILES_IN_EACH: usize = 100;
const NEEDLE: &str = "a needle to be found";
const MEGABYTE: usize = 1024 * 1024;

/// 100,000 small files; one in ten is TypeScript, one in a hundred has the needle.
fn plant(tree: &Path) {
    let filler = "The quick brown fox jumps over the lazy dog and goes on.\n".repeat(12);
    for d in 0..DIRECTORIES {
        let dir = tree.join(format!("{}/{d}", d % 10));
        std::fs::create_dir_all(&dir).unwrap();
        for f in 0..FILES_IN_EACH {
            let end = if f % 10 == 0 { "ts" } else { "txt" };
            let needle = if f == 50 { format!("{NEEDLE}\n") } else { String::new() };
            std::fs::write(dir.join(format!("file-{f}.{end}")), format!("{filler}{needle}{filler}")).unwrap();
        }
    }
}

async fn tool(tool: &dyn Tool, input: Value, cx: &ToolContext) -> Duration {
    let began = Instant::now();
    let output = tool.run(input, cx).await.unwrap();
    let took = began.elapsed();
    assert!(!output.is_error);
    took
}

/// Time and standard output of a program; nothing when it is not there.
fn program(name: &str, args: &[&str]) -> Option<(Duration, Vec<u8>)> {
    let began = Instant::now();
    let output = Command::new(name).args(args).output().ok()?;
    let took = began.elapsed();
    assert!(output.status.success(), "{name}: {output:?}");
    Some((took, output.stdout))
}

/// What Glob does beyond rg: it wants to know the time of every file.
fn stat(names: &[u8]) -> Duration {
    let began = Instant::now();
    let names: Vec<&str> = std::str::from_utf8(names).unwrap().lines().collect();
    let half = names.len().div_ceil(2).max(1);
    std::thread::scope(|scope| {
        for part in names.chunks(half) {
            scope.spawn(move || part.iter().for_each(|name| assert!(std::fs::metadata(name).is_ok())));
        }
    });
    began.elapsed()
}

#[derive(Default)]
struct Times {
    ours: Vec<Duration>,
    theirs: Vec<Duration>,
}

impl Times {
    fn add(&mut self, ours: Duration, theirs: Option<Duration>) {
        self.ours.push(ours);
        self.theirs.extend(theirs);
    }

    fn row(self, name: &str, goal: &str) -> Value {
        let mut row = json!({ "name": name, "unit": "ms", "goal": goal, "native": median(self.ours) });
        if !self.theirs.is_empty() {
            row["floor"] = median(self.theirs).into();
        }
        row
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

async fn searches(dir: &Path, cx: &ToolContext) -> [Value; 2] {
    let tree = dir.join("tree");
    plant(&tree);
    let place = tree.to_str().unwrap();
    let (mut grep, mut glob) = (Times::default(), Times::default());
    // The first round warms the cache of the disk.
    for round in 0..8 {
        let input = json!({ "pattern": NEEDLE, "path": place, "output_mode": "content", "head_limit": 0 });
        let ours = tool(&Grep::new(), input, cx).await;
        let theirs = program("rg", &["--no-config", "--line-number", "--no-heading", NEEDLE, place]);
        let globbed = tool(&Glob::new(), json!({ "pattern": "**/*.ts", "path": place }), cx).await;
        let files = ["--no-config", "--files", "--no-ignore", "--hidden", "--glob", "**/*.ts", place];
        let listed = program("rg", &files).map(|(took, names)| took + stat(&names));
        if round > 0 {
            grep.add(ours, theirs.map(|(took, _)| took));
            glob.add(globbed, listed);
        }
    }
    [
        grep.row("Grep, all matches in 100,000 files; bare: rg", "<= 1.2x"),
        glob.row("Glob `**/*.ts` over them; bare: rg --files, and stat by two threads", "<= 1.2x"),
    ]
}

async fn one_file(dir: &Path, cx: &ToolContext) -> [Value; 2] {
    let file = dir.join("file.txt");
    let line = "A line of a file that is neither very short nor very long.\n";
    std::fs::write(&file, format!("{}first\n", line.repeat(MEGABYTE / line.len()))).unwrap();
    let path = file.to_str().unwrap();
    let (mut read, mut edit) = (Times::default(), Times::default());
    for round in 0..51 {
        let known = cx.clone();
        let seen = tool(&Read::new(), json!({ "file_path": path, "allow_large": true }), &fresh(cx)).await;
        let numbered = program("cat", &["-n", path]).map(|(took, _)| took);
        if round == 0 {
            tool(&Read::new(), json!({ "file_path": path, "allow_large": true }), &known).await;
        }
        let (old, new) = if round % 2 == 0 { ("first", "other") } else { ("other", "first") };
        let input = json!({ "file_path": path, "old_string": old, "new_string": new });
        let edited = tool(&Edit::new(), input, &known).await;
        let copy = dir.join("copy.txt");
        std::fs::copy(&file, &copy).unwrap();
        let replaced =
            program("sed", &["-i", "s/other/third/", copy.to_str().unwrap()]).map(|(took, _)| took);
        if round > 0 {
            read.add(seen, numbered);
            edit.add(edited, replaced);
        }
    }
    [
        read.row("Read of a file of 1 MB; bare: cat -n", "<= 3"),
        edit.row("Edit in a file of 1 MB; bare: sed -i", "<= 5"),
    ]
}

/// A context that has read nothing yet: a file that is known is not read again.
fn fresh(cx: &ToolContext) -> ToolContext {
    ToolContext { read_state: std::sync::Arc::default(), ..cx.clone() }
}

#[tokio::main]
async fn main() {
    let dir = std::env::temp_dir().join(format!("native-agent-sdk-bench-tools-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let cx = context(&dir);
    let rows = [searches(&dir, &cx).await, one_file(&dir, &cx).await].concat();
    std::fs::remove_dir_all(&dir).unwrap();
    println!("{}", json!(rows));
}
