//! Tools that act where callbacks of the embedder put them.

use crate::support::host::deny;
use crate::support::memory_fs::{self, MemoryFs, fault};
use crate::support::{Bench, calls, kinds, only, says, tool_result};
use futures::FutureExt;
use serde_json::{Value, json};
use std::sync::Arc;

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
