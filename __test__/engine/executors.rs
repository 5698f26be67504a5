//! Tools that act where callbacks of the embedder put them.

use crate::support::host::deny;
use crate::support::memory_fs::{self, MemoryFs, fault};
use crate::support::{Bench, calls, kinds, only, says, tool_result};
use futures::FutureExt;
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// A bench with files in memory, in a project that is not on this machine.
async fn bench() -> (Bench, Arc<MemoryFs>) {
    let bench = Bench::new(json!([])).await;
    let files = Arc::new(MemoryFs::default());
    files.file("/project/README.md", "# Read me\n");
    let answers = Arc::clone(&files);
    bench.host.on_execute(move |call| futures::future::ready(answers.answer(call)).boxed());
    (bench, files)
}

/// Options of a query whose file tools work in memory.
fn in_memory(more: Value) -> Value {
    let mut options = json!({
        "cwd": "/project",
        "permissionMode": "acceptEdits",
        "executors": { "fs": memory_fs::option(), "exec": "host", "fetch": "host" },
    });
    for (name, value) in more.as_object().unwrap() {
        options[name] = value.clone();
    }
    options
}

async fn script(bench: &Bench, steps: &[(&str, &str, Value)], options: Value) -> Vec<Value> {
    let mut rules: Vec<Value> =
        steps.iter().map(|(id, name, input)| calls(id, name, input.clone())).collect();
    rules.push(says("done"));
    bench.add_rules(json!(rules));
    bench.run("Go", options).await
}

#[tokio::test]
async fn every_file_tool_works_in_a_file_system_of_the_embedder() {
    let (bench, files) = bench().await;
    files.file("/project/src/a.ts", "one\ntwo\n");
    files.file("/project/src/b.ts", "two\n");
    files.file("/project/book.ipynb", r#"{"cells":[{"cell_type":"code","id":"x","source":"1","metadata":{},"outputs":[],"execution_count":null}],"metadata":{},"nbformat":4,"nbformat_minor":5}"#);
    let a = "/project/src/a.ts";
    let steps = [
        ("c1", "Read", json!({ "file_path": a })),
        ("c2", "Edit", json!({ "file_path": a, "old_string": "two", "new_string": "three" })),
        ("c3", "Write", json!({ "file_path": "/project/new/c.ts", "content": "two\n" })),
        ("c4", "Glob", json!({ "pattern": "**/*.ts" })),
        ("c5", "Grep", json!({ "pattern": "t[wh]", "output_mode": "content" })),
        ("c6", "Read", json!({ "file_path": "/project/book.ipynb" })),
        (
            "c7",
            "NotebookEdit",
            json!({ "notebook_path": "/project/book.ipynb", "cell_id": "x", "new_source": "2" }),
        ),
        ("c8", "Grep", json!({ "pattern": "two" })),
        ("c9", "Read", json!({ "file_path": "/project/src/c.ts" })),
        ("c10", "Write", json!({ "file_path": "/project/README.md", "content": "x" })),
    ];
    let messages = script(&bench, &steps, in_memory(json!({}))).await;
    assert_eq!(only(&messages, "system/init")["cwd"], "/project");
    assert_eq!(tool_result(&messages, "c1").0, "1\tone\n2\ttwo");
    assert_eq!(files.text(a).unwrap(), "one\nthree\n");
    assert_eq!(files.text("/project/new/c.ts").unwrap(), "two\n");
    let (glob, _) = tool_result(&messages, "c4");
    let mut names: Vec<&str> = glob.lines().collect();
    names.sort_unstable();
    assert_eq!(names, ["/project/new/c.ts", "/project/src/a.ts", "/project/src/b.ts"]);
    let (grep, _) = tool_result(&messages, "c5");
    for line in ["new/c.ts:1:two", "src/a.ts:2:three", "src/b.ts:1:two"] {
        assert!(grep.contains(line), "{line} in {grep}");
    }
    assert!(!tool_result(&messages, "c7").1, "{}", tool_result(&messages, "c7").0);
    assert!(files.text("/project/book.ipynb").unwrap().contains("\"2\""));
    assert!(tool_result(&messages, "c8").0.contains("src/b.ts"));
    let (text, is_error) = tool_result(&messages, "c9");
    assert!(is_error && text.starts_with("File does not exist: /project/src/c.ts."), "{text}");
    let (text, is_error) = tool_result(&messages, "c10");
    assert!(is_error && text.contains("has not been read yet"), "{text}");
    let left = files.paths();
    assert!(left.iter().all(|path| !path.contains(".tmp")), "{left:?}");
    assert!(!std::path::Path::new("/project").exists());
}

#[tokio::test]
async fn searches_keep_to_ignore_files_and_to_rules_about_reading() {
    let (bench, files) = bench().await;
    files.file("/project/.git/config", "needle");
    files.file("/project/.git/info/exclude", "excluded.txt\n");
    files.file("/project/.gitignore", "*.log\n!kept.log\nout/\n");
    files.file("/project/.ignore", "plain.txt\n");
    for name in ["a.txt", "a.log", "kept.log", "out/a.txt", "excluded.txt", "plain.txt", "secret/key.txt"] {
        files.file(&format!("/project/{name}"), "needle\n");
    }
    files.file("/project/deep/.gitignore", "!a.log\n");
    files.file("/project/deep/a.log", "needle\n");
    files.link("/project/way", "/project/secret/key.txt");
    let steps = [
        ("c1", "Grep", json!({ "pattern": "needle" })),
        ("c2", "Glob", json!({ "pattern": "**/*.txt" })),
        ("c3", "Grep", json!({ "pattern": "needle", "glob": "*.txt" })),
        ("c4", "Glob", json!({ "pattern": "w*" })),
    ];
    let options = in_memory(json!({ "disallowedTools": ["Read(/secret/**)", "Read(//project/secret/**)"] }));
    let messages = script(&bench, &steps, options).await;
    let found = |id: &str| {
        let (text, _) = tool_result(&messages, id);
        let mut names: Vec<String> =
            text.lines().filter_map(|line| line.strip_prefix("/project/")).map(str::to_owned).collect();
        names.sort();
        assert!(!names.is_empty() || text.contains("No files"), "{text}");
        names
    };
    assert_eq!(found("c1"), ["a.txt", "deep/a.log", "kept.log"]);
    assert_eq!(found("c2"), ["a.txt", "excluded.txt", "out/a.txt", "plain.txt"]);
    assert_eq!(found("c3"), ["a.txt"]);
    // It leads to what must not be read.
    assert_eq!(found("c4"), [""; 0]);
}

#[tokio::test]
async fn permissions_are_about_where_links_of_that_file_system_lead() {
    let (bench, files) = bench().await;
    files.file("/etc/shadow", "secret\n");
    files.file("/project/.git/config", "[core]\n");
    files.link("/project/out", "/etc");
    files.link("/project/innocent", "/project/.git");
    files.link("/project/nowhere", "/etc/new");
    bench.host.answer(|_| Some(deny("no", false)));
    let read = |path: &str| json!({ "file_path": path });
    let write = |path: &str| json!({ "file_path": path, "content": "x" });
    let steps = [
        ("c1", "Read", read("/project/out/shadow")),
        ("c2", "Write", write("/project/out/new")),
        ("c3", "Write", write("/project/innocent/hooks/pre-commit")),
        ("c4", "Write", write("/project/nowhere")),
        ("c5", "Write", write("/project/deep/../fine.txt")),
    ];
    let options = in_memory(json!({ "canUseTool": { "$function": true } }));
    let messages = script(&bench, &steps, options).await;
    for id in ["c1", "c2", "c3"] {
        assert_eq!(tool_result(&messages, id), ("no".to_owned(), true), "{id}");
    }
    let blocked: Vec<_> = bench.host.asked().into_iter().map(|asked| asked.options.blocked_path).collect();
    assert_eq!(blocked.len(), 3, "{blocked:?}");
    let text = "Cannot resolve /project/nowhere: it is a link that leads nowhere.".to_owned();
    assert_eq!(tool_result(&messages, "c4"), (text, true));
    assert_eq!(files.text("/project/fine.txt").unwrap(), "x");
    assert_eq!(files.text("/etc/shadow").unwrap(), "secret\n");
}

#[tokio::test]
async fn a_working_directory_behind_a_link_is_resolved_first() {
    let (bench, files) = bench().await;
    files.link("/here", "/project");
    files.file("/more/a.txt", "more\n");
    files.link("/extra", "/more");
    let steps = [
        ("c1", "Write", json!({ "file_path": "/here/a.txt", "content": "x" })),
        ("c2", "Read", json!({ "file_path": "/extra/a.txt" })),
    ];
    let options = in_memory(json!({ "cwd": "/here", "additionalDirectories": ["/extra"] }));
    let messages = script(&bench, &steps, options).await;
    assert_eq!(only(&messages, "system/init")["cwd"], "/project");
    assert_eq!(files.text("/project/a.txt").unwrap(), "x");
    assert_eq!(tool_result(&messages, "c2"), ("1\tmore".to_owned(), false));
}

#[tokio::test]
async fn a_working_directory_that_is_not_there_ends_the_run() {
    let (bench, _files) = bench().await;
    let query = bench.query("Go", in_memory(json!({ "cwd": "/nowhere" }))).unwrap();
    let messages = crate::support::drain(&query).await;
    let result = messages.last().unwrap();
    assert_eq!((&result["type"], &result["is_error"]), (&json!("result"), &json!(true)), "{messages:#?}");
    assert!(result.to_string().contains("options.cwd /nowhere cannot be used"), "{result}");
    assert!(bench.api.requests().is_empty());
}

#[tokio::test]
async fn codes_have_the_words_of_this_machine_and_garbage_is_refused() {
    let (bench, files) = bench().await;
    files.file("/project/a.txt", "a\n");
    let answers = Arc::clone(&files);
    bench.host.on_execute(move |call| {
        let path = call.params["path"].as_str().unwrap_or_default();
        let answer = match (call.method, path.rsplit('/').next().unwrap()) {
            ("fs.readFile", "denied") => Err(fault("EACCES", "EACCES: permission denied")),
            ("fs.readFile", "strange") => Err(fault("EUNAVAILABLE", "the machine sleeps")),
            ("fs.readFile", "number") => Ok(json!(7)),
            ("fs.stat", "shapeless") => Ok(json!({ "type": "file" })),
            ("fs.realpath", "away") => Ok(json!("../../etc/passwd")),
            ("fs.realpath", "broken") => Err(fault("EACCES", "EACCES: no")),
            ("fs.stat", "denied" | "strange" | "number") => {
                Ok(json!({ "type": "file", "size": 1, "mtimeMs": 1.5, "mode": 0o644 }))
            }
            ("fs.realpath", "denied" | "strange" | "number" | "shapeless") => Ok(json!(path)),
            ("fs.mkdir", "full") => Err(fault("ENOSPC", "ENOSPC: no space")),
            ("fs.readdir", "src") => Ok(json!([{ "name": "../a", "type": "file" }])),
            _ => answers.answer(call),
        };
        futures::future::ready(answer).boxed()
    });
    files.file("/project/src/x", "");
    let read = |name: &str| json!({ "file_path": format!("/project/{name}") });
    let table = [
        ("Read", read("denied"), "Cannot read /project/denied: the operating system denies access."),
        ("Read", read("strange"), "Cannot read /project/strange: EUNAVAILABLE: the machine sleeps."),
        (
            "Read",
            read("number"),
            "Cannot read /project/number: options.executors.fs.readFile must return a Uint8Array.",
        ),
        (
            "Read",
            read("shapeless"),
            "Cannot read /project/shapeless: options.executors.fs.stat must return { type:",
        ),
        (
            "Read",
            read("away"),
            "Cannot resolve /project/away: options.executors.fs.realpath must return an absolute path",
        ),
        ("Read", read("broken"), "Cannot resolve /project/broken: EACCES: no."),
        (
            "Write",
            json!({ "file_path": "/project/full/a", "content": "" }),
            "Cannot create the directory of /project/full/a: the disk is full.",
        ),
        ("Glob", json!({ "pattern": "src/*" }), "No files found"),
    ];
    let ids: Vec<String> = (0..table.len()).map(|n| format!("c{n}")).collect();
    let steps: Vec<_> =
        ids.iter().zip(&table).map(|(id, (tool, input, _))| (&**id, *tool, input.clone())).collect();
    let messages = script(&bench, &steps, in_memory(json!({}))).await;
    for (id, (_, _, text)) in ids.iter().zip(&table) {
        let (said, _) = tool_result(&messages, id);
        assert!(said.starts_with(text), "{said}");
    }
}

#[tokio::test]
async fn an_aborted_query_does_not_wait_for_a_callback_that_never_answers() {
    let (bench, files) = bench().await;
    let answers = Arc::clone(&files);
    let (reached, hangs) = tokio::sync::oneshot::channel();
    let reached = std::sync::Mutex::new(Some(reached));
    bench.host.on_execute(move |call| {
        if call.method != "fs.readFile" {
            return futures::future::ready(answers.answer(call)).boxed();
        }
        if let Some(reached) = reached.lock().unwrap().take() {
            reached.send(()).unwrap();
        }
        futures::future::pending().boxed()
    });
    bench.add_rules(json!([calls("c1", "Read", json!({ "file_path": "/project/README.md" }))]));
    let query = bench.query("Go", in_memory(json!({}))).unwrap();
    let (messages, ()) = tokio::join!(crate::support::drain(&query), async {
        hangs.await.unwrap();
        query.control(r#"{"type":"interrupt"}"#).unwrap();
    });
    assert!(kinds(&messages).last().unwrap().starts_with("result/"), "{:?}", kinds(&messages));
    query.ended().await;
}

#[tokio::test]
async fn what_the_engine_has_saved_on_this_machine_can_be_read_there_and_not_changed() {
    let (bench, files) = bench().await;
    let long = "x".repeat(80).to_owned() + "\n";
    files.file("/project/long.txt", &long.repeat(3000));
    bench.add_rules(json!([
        calls("c1", "Grep", json!({ "pattern": "x", "output_mode": "content", "head_limit": 0 })),
        says("done")
    ]));
    let options = in_memory(json!({ "sessionId": "11111111-2222-4333-8444-555555555555" }));
    let messages = bench.run("Go", options.clone()).await;
    let (text, _) = tool_result(&messages, "c1");
    let saved =
        text.split_whitespace().find(|word| word.contains(".tmp/")).unwrap_or_else(|| panic!("{text}"));
    let saved = saved.trim_end_matches(['.', ':', ',']).to_owned();
    let steps = [
        ("d1", "Read", json!({ "file_path": saved, "limit": 1 })),
        ("d2", "Write", json!({ "file_path": format!("{saved}.new"), "content": "" })),
    ];
    let messages = script(&bench, &steps, options).await;
    assert!(tool_result(&messages, "d1").0.contains("xxx"), "{}", tool_result(&messages, "d1").0);
    assert!(tool_result(&messages, "d2").1);
    assert!(!std::path::Path::new(&format!("{saved}.new")).exists());
}

#[tokio::test]
async fn only_the_tools_of_kinds_that_were_given_are_offered() {
    let bench = Bench::new(json!([says("done")])).await;
    let options = json!({ "executors": { "fs": memory_fs::option() }, "cwd": "/project" });
    let files = MemoryFs::default();
    files.file("/project/a", "");
    bench.host.on_execute(move |call| futures::future::ready(files.answer(call)).boxed());
    let messages = bench.run("Go", options).await;
    let tools = only(&messages, "system/init")["tools"].as_array().unwrap().clone();
    for (name, offered) in
        [("Read", true), ("Glob", true), ("Bash", false), ("WebFetch", false), ("TodoWrite", true)]
    {
        assert_eq!(tools.contains(&json!(name)), offered, "{name}");
    }
}

#[tokio::test]
async fn a_query_explains_permissions_through_that_file_system() {
    let (bench, files) = bench().await;
    files.file("/etc/shadow", "");
    files.link("/project/out", "/etc");
    let query = bench.stream(in_memory(json!({})));
    let ask = |path: &str| {
        json!({ "type": "explain_permission", "tool_name": "Write",
                "input": { "file_path": path, "content": "" } })
        .to_string()
    };
    let inside = query.ask(&ask("/project/a")).await.unwrap();
    let outside = query.ask(&ask("/project/out/a")).await.unwrap();
    assert_eq!((&inside["behavior"], &outside["behavior"]), (&json!("allow"), &json!("ask")));
}

/// What a command gave: output, error output and exit code.
type Given = (String, String, i32);

/// An executor that runs scripts with the bash of this machine.
fn runs_here(bench: &Bench) -> Arc<OnceLock<Query>> {
    let query: Arc<OnceLock<Query>> = Arc::default();
    let shared = Arc::clone(&query);
    bench.host.on_execute(move |call| {
        let (shared, params) = (Arc::clone(&shared), call.params.clone());
        async move {
            let request = params["request"].clone();
            let ran = tokio::task::spawn_blocking(move || {
                let env = request["env"].as_object().unwrap().clone();
                std::process::Command::new("bash")
                    .args(["-c", request["command"].as_str().unwrap()])
                    .current_dir(request["cwd"].as_str().unwrap())
                    .env_clear()
                    .env("PATH", std::env::var("PATH").unwrap())
                    .envs(env.iter().map(|(name, value)| (name, value.as_str().unwrap())))
                    .output()
                    .unwrap()
            });
            let ran = ran.await.unwrap();
            for (stream, bytes) in [("stdout", ran.stdout), ("stderr", ran.stderr)] {
                // In pieces, as output comes.
                for bytes in bytes.chunks(7) {
                    print(shared.get().unwrap(), &params, stream, &String::from_utf8_lossy(bytes));
                }
            }
            Ok(json!({ "exitCode": ran.status.code() }))
        }
        .boxed()
    });
    query
}

fn print(query: &Query, params: &Value, stream: &str, data: &str) {
    let output =
        json!({ "type": "executor_output", "number": params["output"], "stream": stream, "data": data });
    query.control(&output.to_string()).unwrap();
}

/// Runs commands one after another, each allowed.
async fn commands(bench: &Bench, query: &OnceLock<Query>, inputs: &[Value], more: Value) -> Vec<Value> {
    let ids: Vec<String> = (0..inputs.len()).map(|n| format!("c{n}")).collect();
    let mut rules: Vec<Value> =
        ids.iter().zip(inputs).map(|(id, input)| calls(id, "Bash", input.clone())).collect();
    rules.push(says("done"));
    bench.add_rules(json!(rules));
    let function = json!({ "$function": true });
    let mut options = json!({
        "allowedTools": ["Bash"], "executors": { "exec": function, "fs": "host", "fetch": "host" },
    });
    for (name, value) in more.as_object().unwrap() {
        options[name] = value.clone();
    }
    assert!(query.set(bench.query("Go", options).unwrap()).is_ok());
    crate::support::drain(query.get().unwrap()).await
}

/// The structured output of a call.
fn given(messages: &[Value], id: &str) -> Given {
    let found = messages.iter().find(|m| m["message"]["content"][0]["tool_use_id"] == id).unwrap();
    let output = &found["tool_use_result"];
    let text = |name: &str| output[name].as_str().unwrap_or_default().to_owned();
    let code = tool_result(messages, id).0;
    let code = code.strip_prefix("Exit code ").and_then(|text| text.lines().next()?.parse().ok());
    (text("stdout"), text("stderr"), code.unwrap_or(0))
}

#[tokio::test]
async fn commands_run_where_the_embedder_runs_them_and_keep_their_directory() {
    let bench = Bench::new(json!([])).await;
    std::fs::create_dir_all(bench.cwd().join("sub/deep")).unwrap();
    let query = runs_here(&bench);
    let inputs = [
        json!({ "command": "cd sub; printf out; echo err >&2" }),
        json!({ "command": "pwd; exit 3" }),
        json!({ "command": "exec >/dev/null; echo lost; cd deep; trap 'true' EXIT" }),
        json!({ "command": "echo \"$PWD $GIVEN $CLAUDECODE ${OTHER-none} ${ANTHROPIC_API_KEY-none}\"" }),
        json!({ "command": "cd /; cat" }),
        json!({ "command": "pwd" }),
        json!({ "command": "set -e; false; echo never" }),
    ];
    let more = json!({ "envGiven": true, "env": { "GIVEN": "it's" } });
    let messages = commands(&bench, &query, &inputs, more).await;
    let (cwd, sub) = (bench.cwd(), bench.cwd().join("sub"));
    let all = |n: usize| given(&messages, &format!("c{n}"));
    assert_eq!(all(0), ("out".to_owned(), "err".to_owned(), 0));
    let (text, is_error) = tool_result(&messages, "c1");
    assert_eq!((text, is_error), (format!("Exit code 3\n{}", sub.display()), true));
    assert_eq!(all(2).0, "");
    assert_eq!(all(3).0, format!("{} it's 1 none none", sub.join("deep").display()));
    let reset = format!("Shell cwd was reset to {}", cwd.display());
    assert_eq!(all(4).1, reset);
    assert_eq!(all(5).0, cwd.to_string_lossy());
    assert_eq!(all(6), (String::new(), String::new(), 1));
}

#[tokio::test]
async fn what_goes_wrong_in_an_executor_of_commands_is_told() {
    let bench = Bench::new(json!([])).await;
    let query: Arc<OnceLock<Query>> = Arc::default();
    let (shared, count) = (Arc::clone(&query), std::sync::atomic::AtomicUsize::new(0));
    bench.host.on_execute(move |call| {
        let answer = match count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => Err(fault("EUNAVAILABLE", "no container")),
            1 => Ok(json!("done")),
            2 => Ok(json!({ "exitCode": 1.5 })),
            3 => {
                print(shared.get().unwrap(), &call.params, "stdout", "half");
                Ok(json!({ "exitCode": null, "signal": "SIGTERM" }))
            }
            _ => Ok(json!({ "exitCode": 0, "cwd": "sub" })),
        };
        futures::future::ready(answer).boxed()
    });
    let inputs: Vec<_> = (0..5).map(|n| json!({ "command": format!("echo {n}") })).collect();
    let messages = commands(&bench, &query, &inputs, json!({})).await;
    for (id, text) in [
        ("c0", "The command could not be started: options.executors.exec: EUNAVAILABLE: no container"),
        ("c1", "The command could not be started: options.executors.exec must return { exitCode"),
        ("c2", "The command could not be started: options.executors.exec must return { exitCode"),
        ("c3", "Exit code 143\nhalf"),
    ] {
        let (said, is_error) = tool_result(&messages, id);
        assert!(is_error && said.starts_with(text), "{said}");
    }
}

#[tokio::test]
async fn a_command_elsewhere_has_a_time_limit_and_can_go_to_the_background() {
    let bench = Bench::manual(json!([])).await;
    let query: Arc<OnceLock<Query>> = Arc::default();
    let shared = Arc::clone(&query);
    let (clock, aborted) = (bench.clock.clone(), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let count = Arc::clone(&aborted);
    bench.host.on_execute(move |call| {
        let (shared, params, clock) = (Arc::clone(&shared), call.params.clone(), clock.clone());
        let guard = Counted(Arc::clone(&count));
        async move {
            let guard = guard;
            print(shared.get().unwrap(), &params, "stdout", "begun\n");
            if params["request"]["timeoutMs"] == json!(1000) {
                clock.advance(std::time::Duration::from_secs(1));
                std::future::pending::<()>().await;
            }
            tokio::task::yield_now().await;
            print(shared.get().unwrap(), &params, "stderr", "ended\n");
            std::mem::forget(guard);
            Ok(json!({ "exitCode": 4 }))
        }
        .boxed()
    });
    let inputs = [
        json!({ "command": "hang", "timeout": 1000 }),
        json!({ "command": "work", "run_in_background": true }),
    ];
    bench.add_rules(json!([]));
    let messages = commands_and_news(&bench, &query, &inputs).await;
    let (text, is_error) = tool_result(&messages, "c0");
    assert_eq!(
        (text.as_str(), is_error),
        (
            "The command ran longer than 1 s and was killed, with everything it had started. It had printed:\nbegun",
            true
        )
    );
    assert_eq!(aborted.load(std::sync::atomic::Ordering::Relaxed), 1);
    assert!(tool_result(&messages, "c1").0.starts_with("The command runs in the background as task"));
    let news = only(&messages, "system/task_notification");
    assert_eq!(news["status"], "failed");
    let output = std::fs::read_to_string(news["output_file"].as_str().unwrap()).unwrap();
    assert_eq!(output, "begun\nended\n");
}

/// As `commands`, with one more turn for the news of a background task.
async fn commands_and_news(bench: &Bench, query: &OnceLock<Query>, inputs: &[Value]) -> Vec<Value> {
    let after = [says("seen")];
    let mut rules: Vec<Value> =
        inputs.iter().enumerate().map(|(n, input)| calls(&format!("c{n}"), "Bash", input.clone())).collect();
    rules.push(says("done"));
    rules.extend(after);
    bench.add_rules(json!(rules));
    let function = json!({ "$function": true });
    let options = json!({
        "allowedTools": ["Bash"], "executors": { "exec": function, "fs": "host", "fetch": "host" },
    });
    assert!(query.set(bench.query("Go", options).unwrap()).is_ok());
    crate::support::drain(query.get().unwrap()).await
}

/// Counts when it is dropped.
struct Counted(Arc<std::sync::atomic::AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

#[tokio::test]
async fn pages_are_fetched_where_the_embedder_fetches_them() {
    let bench = Bench::new(json!([])).await;
    bench.host.on_execute(|call| {
        assert_eq!(call.method, "fetch");
        let answer = |status: u16, location: Option<&str>, body: Value| {
            let headers = json!({ "content-type": "text/html", "location": location });
            Ok(json!({ "status": status, "headers": headers, "body": body, "cut": false }))
        };
        let answer = match call.params["url"].as_str().unwrap() {
            "https://docs.internal/" => answer(302, Some("/page"), json!("")),
            "https://docs.internal/page" => answer(200, None, json!("<h1>Title</h1><p>Body</p>")),
            "https://moved.internal/" => answer(301, Some("https://other.internal/"), json!("")),
            "https://down.internal/" => Err(fault("ETIMEDOUT", "no answer")),
            "https://odd.internal/" => Ok(json!({ "status": "200" })),
            other => panic!("{other} was asked for"),
        };
        futures::future::ready(answer).boxed()
    });
    let urls = [
        "http://docs.internal/",
        "https://moved.internal/",
        "https://down.internal/",
        "https://odd.internal/",
        "http://169.254.169.254/latest",
    ];
    let mut rules = Vec::new();
    for (n, url) in urls.iter().enumerate() {
        rules.push(calls(&format!("c{n}"), "WebFetch", json!({ "url": url, "prompt": "What is it?" })));
        if n == 0 {
            rules.push(says("It is a title."));
        }
    }
    rules.push(says("done"));
    bench.add_rules(json!(rules));
    let options = json!({
        "allowedTools": ["WebFetch"],
        "executors": { "fetch": { "$function": true }, "fs": "host", "exec": "host" },
    });
    let messages = bench.run("Go", options).await;
    assert_eq!(tool_result(&messages, "c0"), ("It is a title.".to_owned(), false));
    let asked = bench.body(1).to_string();
    assert!(asked.contains("# Title") && asked.contains("https://docs.internal/page"), "{asked}");
    for (id, text) in [
        (
            "c1",
            "https://moved.internal/ redirects to another host, which is not followed: https://other.internal/",
        ),
        ("c2", "The page could not be fetched: down.internal could not be reached: ETIMEDOUT: no answer."),
        (
            "c3",
            "The page could not be fetched: options.executors.fetch must return { status, headers, body }",
        ),
        ("c4", "The page could not be fetched: 169.254.169.254 has a private or reserved address"),
    ] {
        let (said, _) = tool_result(&messages, id);
        assert!(said.starts_with(text), "{said}");
    }
}
