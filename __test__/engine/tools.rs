//! Each built-in tool through the front door, and the bug that gets fixed.

use crate::support::{Bench, calls, only, says, tool_result};
use serde_json::{Value, json};

/// A bench on which the model makes `steps` one after another, then says "done".
async fn script(bench: &Bench, steps: &[(&str, &str, Value)], options: Value) -> Vec<Value> {
    let mut rules: Vec<Value> =
        steps.iter().map(|(id, name, input)| calls(id, name, input.clone())).collect();
    rules.push(says("done"));
    bench.add_rules(json!(rules));
    bench.run("Go", options).await
}

fn asks() -> Value {
    json!({ "canUseTool": { "$function": true } })
}

/// The structured output of a call.
fn structured<'a>(messages: &'a [Value], id: &str) -> &'a Value {
    let found = messages.iter().find(|m| m["message"]["content"][0]["tool_use_id"] == id);
    &found.unwrap_or_else(|| panic!("no result of {id}"))["tool_use_result"]
}

#[tokio::test]
async fn a_bug_is_found_and_fixed() {
    let bench = Bench::new(json!([])).await;
    let file = bench.file("add.sh", "#!/bin/sh\necho $(($1 - $2))\n");
    bench.file("test.sh", "test \"$(sh add.sh 2 3)\" = 5 && echo pass || echo fail\n");
    let steps = [
        ("c1", "Bash", json!({ "command": "sh test.sh" })),
        ("c2", "Grep", json!({ "pattern": "\\$1 - \\$2", "output_mode": "content" })),
        ("c3", "Read", json!({ "file_path": file })),
        ("c4", "Edit", json!({ "file_path": file, "old_string": "$1 - $2", "new_string": "$1 + $2" })),
        ("c5", "Bash", json!({ "command": "sh test.sh" })),
    ];
    let options = json!({ "permissionMode": "acceptEdits", "allowedTools": ["Bash(sh test.sh)"] });
    let messages = script(&bench, &steps, options).await;
    assert_eq!(only(&messages, "result/success")["permission_denials"], json!([]));
    assert_eq!(tool_result(&messages, "c1").0, "fail");
    assert!(tool_result(&messages, "c2").0.contains("add.sh:2:"), "{}", tool_result(&messages, "c2").0);
    assert_eq!(tool_result(&messages, "c3").0, "1\t#!/bin/sh\n2\techo $(($1 - $2))");
    assert_eq!(tool_result(&messages, "c5").0, "pass");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "#!/bin/sh\necho $(($1 + $2))\n");
    assert_eq!(only(&messages, "result/success")["num_turns"], 6);
}

#[tokio::test]
async fn read_gives_text_and_images_row_223_row_256() {
    let bench = Bench::new(json!([])).await;
    let text = bench.file("a.txt", "one\n");
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(2, 3).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    let image = bench.path("a.png");
    std::fs::write(&image, &png).unwrap();
    let steps = [("c1", "Read", json!({ "file_path": text })), ("c2", "Read", json!({ "file_path": image }))];
    let messages = script(&bench, &steps, json!({})).await;
    let file = json!({ "filePath": text, "content": "one", "numLines": 1, "startLine": 1, "totalLines": 1 });
    assert_eq!(structured(&messages, "c1"), &json!({ "type": "text", "file": file }));
    assert_eq!(structured(&messages, "c2")["type"], "image");
    assert_eq!(structured(&messages, "c2")["file"]["originalSize"], png.len());
    let block = bench.body(2)["messages"][4]["content"][0]["content"][0].clone();
    assert_eq!((&block["type"], &block["source"]["media_type"]), (&json!("image"), &json!("image/png")));
}

#[tokio::test]
async fn pages_of_a_pdf_go_to_the_model_as_a_document_row_253() {
    let bench = Bench::new(json!([])).await;
    let mut pdf = lopdf::Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let page = |_| lopdf::dictionary! { "Type" => "Page", "Parent" => tree };
    let kids: Vec<lopdf::Object> = (0..11).map(|n| pdf.add_object(page(n)).into()).collect();
    let pages = lopdf::dictionary! {
        "Type" => "Pages", "Kids" => kids, "Count" => 11, "MediaBox" => vec![0.into(), 0.into(), 9.into(), 9.into()]
    };
    pdf.objects.insert(tree, lopdf::Object::Dictionary(pages));
    let root = pdf.add_object(lopdf::dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", root);
    let path = bench.path("a.pdf");
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let steps = [
        ("c1", "Read", json!({ "file_path": path })),
        ("c2", "Read", json!({ "file_path": path, "pages": "1-2" })),
    ];
    let messages = script(&bench, &steps, json!({})).await;
    let (text, is_error) = tool_result(&messages, "c1");
    assert!(is_error && text.contains("has 11 pages") && text.contains("Set pages"), "{text}");
    assert_eq!(structured(&messages, "c2")["file"]["count"], 2);
    let block = bench.body(2)["messages"][4]["content"][0]["content"][0].clone();
    assert_eq!(
        (&block["type"], &block["source"]["media_type"]),
        (&json!("document"), &json!("application/pdf"))
    );
}

#[tokio::test]
async fn write_creates_and_replaces_row_223_row_262() {
    let bench = Bench::new(json!([])).await;
    let path = bench.path("new/a.txt");
    let other = bench.file("other.txt", "theirs");
    let steps = [
        ("c1", "Write", json!({ "file_path": path, "content": "one\n" })),
        ("c2", "Write", json!({ "file_path": path, "content": "two\n" })),
        ("c3", "Write", json!({ "file_path": other, "content": "mine" })),
    ];
    let messages = script(&bench, &steps, json!({ "permissionMode": "acceptEdits" })).await;
    assert_eq!(structured(&messages, "c1")["type"], "create");
    let update = structured(&messages, "c2");
    assert_eq!((&update["type"], &update["originalFile"]), (&json!("update"), &json!("one\n")));
    assert_eq!(update["structuredPatch"][0]["lines"], json!(["-one", "+two"]));
    let refused = format!("{other} exists and has not been read yet. Read it first, then write it.");
    assert_eq!(tool_result(&messages, "c3"), (refused.clone(), true));
    assert_eq!(structured(&messages, "c3"), &json!(format!("Error: {refused}")));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "two\n");
    assert_eq!(std::fs::read_to_string(other).unwrap(), "theirs");
}

#[tokio::test]
async fn edit_says_what_it_did_row_223_row_262() {
    let bench = Bench::new(json!([])).await;
    let path = bench.file("a.txt", "one\ntwo\n");
    let steps = [
        ("c1", "Edit", json!({ "file_path": path, "old_string": "two", "new_string": "2" })),
        ("c2", "Read", json!({ "file_path": path })),
        ("c3", "Edit", json!({ "file_path": path, "old_string": "two", "new_string": "2" })),
    ];
    let messages = script(&bench, &steps, json!({ "permissionMode": "acceptEdits" })).await;
    assert!(tool_result(&messages, "c1").0.ends_with("has not been read yet. Read it first, then edit it."));
    let mut output = structured(&messages, "c3").clone();
    assert_eq!(output["structuredPatch"].take()[0]["lines"], json!([" one", "-two", "+2"]));
    let expected = json!({
        "filePath": path, "oldString": "two", "newString": "2", "originalFile": "one\ntwo\n", "structuredPatch": null,
        "userModified": false, "replaceAll": false
    });
    assert_eq!(output, expected);
}

#[tokio::test]
async fn what_was_read_is_known_in_the_next_turn_too() {
    let bench = Bench::new(json!([])).await;
    let path = bench.file("a.txt", "one\n");
    let rules = json!([
        calls("c1", "Read", json!({ "file_path": path })),
        says("read"),
        calls("c2", "Edit", json!({ "file_path": path, "old_string": "one", "new_string": "1" })),
        says("done"),
    ]);
    bench.add_rules(rules);
    let query = bench.stream(json!({ "permissionMode": "acceptEdits" }));
    query.push(&crate::support::user("read")).unwrap();
    crate::support::until_result(&query).await;
    query.push(&crate::support::user("edit")).unwrap();
    query.end_input();
    crate::support::drain(&query).await;
    assert_eq!(std::fs::read_to_string(path).unwrap(), "1\n");
}

#[tokio::test]
async fn bash_keeps_its_directory_and_nothing_else_row_226_row_228() {
    let bench = Bench::new(json!([])).await;
    std::fs::create_dir(bench.path("sub")).unwrap();
    let steps = [
        ("c1", "Bash", json!({ "command": "cd sub && export WORD=kept" })),
        ("c2", "Bash", json!({ "command": "pwd; echo \"word=$WORD\"" })),
        ("c3", "Glob", json!({ "pattern": "*" })),
        ("c4", "Bash", json!({ "command": "cd /" })),
        ("c5", "Bash", json!({ "command": "pwd" })),
    ];
    bench.file("sub/here.txt", "");
    let messages = script(&bench, &steps, asks()).await;
    assert_eq!(tool_result(&messages, "c2").0, format!("{}\nword=", bench.path("sub")));
    assert_eq!(tool_result(&messages, "c3").0, bench.path("sub/here.txt"));
    assert!(
        tool_result(&messages, "c4").0.contains(&format!("Shell cwd was reset to {}", bench.cwd().display())),
        "row 227"
    );
    assert_eq!(tool_result(&messages, "c5").0, bench.cwd().display().to_string());
}

#[tokio::test]
async fn bash_tells_how_a_command_ended_row_223_row_240() {
    let bench = Bench::new(json!([])).await;
    bench.file("a.txt", "one\n");
    let steps = [
        ("c1", "Bash", json!({ "command": "echo out; echo err >&2; exit 3" })),
        ("c2", "Bash", json!({ "command": "grep nothing a.txt" })),
        ("c3", "Bash", json!({ "command": "echo hello" })),
        ("c4", "Bash", json!({ "command": "sleep 30", "timeout": 50 })),
    ];
    let messages = script(&bench, &steps, asks()).await;
    assert_eq!(tool_result(&messages, "c1"), ("Exit code 3\nout\nerr".to_owned(), true));
    assert!(!tool_result(&messages, "c2").1, "nothing found is no failure");
    assert!(structured(&messages, "c2")["returnCodeInterpretation"].is_string());
    let output = structured(&messages, "c3");
    assert_eq!(
        (&output["stdout"], &output["stderr"], &output["interrupted"]),
        (&json!("hello"), &json!(""), &json!(false))
    );
    assert!(tool_result(&messages, "c4").1);
}

#[tokio::test]
async fn glob_and_grep_find_row_223_row_269() {
    let bench = Bench::new(json!([])).await;
    let one = bench.file("src/one.rs", "fn one() {}\n");
    bench.file("src/two.txt", "one two\n");
    let steps = [
        ("c1", "Glob", json!({ "pattern": "**/*.rs" })),
        ("c2", "Grep", json!({ "pattern": "one" })),
        ("c3", "Grep", json!({ "pattern": "one", "output_mode": "content", "-n": true, "type": "rust" })),
        ("c4", "Grep", json!({ "pattern": "one", "output_mode": "count" })),
        ("c5", "Grep", json!({ "pattern": "(" })),
        ("c6", "Glob", json!({ "pattern": "*.none" })),
    ];
    let messages = script(&bench, &steps, json!({})).await;
    assert_eq!(structured(&messages, "c1")["filenames"], json!([one]));
    assert_eq!(structured(&messages, "c1")["numFiles"], 1);
    assert_eq!(
        (&structured(&messages, "c2")["mode"], &structured(&messages, "c2")["numFiles"]),
        (&json!("files_with_matches"), &json!(2))
    );
    assert!(structured(&messages, "c3")["content"].as_str().unwrap().ends_with("one.rs:1:fn one() {}"));
    assert_eq!(structured(&messages, "c4")["mode"], "count");
    assert!(tool_result(&messages, "c5").1);
    assert_eq!(
        (&structured(&messages, "c6")["filenames"], tool_result(&messages, "c6").1),
        (&json!([]), false)
    );
}

#[tokio::test]
async fn an_additional_directory_is_as_good_as_the_first_row_221() {
    let bench = Bench::new(json!([])).await;
    let more = tempfile::tempdir().unwrap();
    let file = std::fs::canonicalize(more.path()).unwrap().join("a.txt");
    std::fs::write(&file, "text").unwrap();
    let steps = [
        ("c1", "Read", json!({ "file_path": file })),
        ("c2", "Edit", json!({ "file_path": file, "old_string": "text", "new_string": "new" })),
    ];
    let options = json!({ "additionalDirectories": [more.path()], "permissionMode": "acceptEdits" });
    script(&bench, &steps, options).await;
    assert_eq!(std::fs::read_to_string(file).unwrap(), "new");
}

#[tokio::test]
async fn readers_run_at_most_as_many_at_once_as_asked_row_21() {
    let bench = Bench::new(json!([])).await;
    let file = bench.file("a.txt", "x");
    let content: Vec<Value> = (0..25)
        .map(|n| json!({ "type": "tool_use", "id": format!("c{n}"), "name": "Read", "input": { "file_path": file } }))
        .collect();
    bench.api.push_rules(
        serde_json::from_value(json!([{ "reply": { "content": content } }, says("ok")])).unwrap(),
    );
    let messages = bench.run("Go", json!({ "env": { "CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY": "1" } })).await;
    let order: Vec<_> =
        messages.iter().filter_map(|m| m["message"]["content"][0]["tool_use_id"].as_str()).collect();
    let expected: Vec<_> = (0..25).map(|n| format!("c{n}")).collect();
    assert_eq!(order, expected);
}

#[tokio::test]
async fn a_rule_that_denies_reading_stops_edit_and_write_first_row_264() {
    let bench = Bench::new(json!([])).await;
    let secret = bench.file("secret/a.txt", "one\n");
    let steps = [
        ("c1", "Edit", json!({ "file_path": secret, "old_string": "one", "new_string": "two" })),
        ("c2", "Write", json!({ "file_path": secret, "content": "two" })),
        ("c3", "Write", json!({ "file_path": bench.path("secret/new.txt"), "content": "two" })),
    ];
    let options = json!({ "permissionMode": "acceptEdits", "disallowedTools": ["Read(secret/**)"] });
    let messages = script(&bench, &steps, options).await;
    for (id, ..) in &steps {
        let (text, is_error) = tool_result(&messages, id);
        // Before the check that the file has been read.
        assert!(is_error && text.contains("the rule `Read(secret/**)` forbids"), "{id}: {text}");
    }
    assert_eq!(std::fs::read_to_string(secret).unwrap(), "one\n");
}

#[tokio::test]
async fn grep_and_glob_are_offered_named_or_not_row_272() {
    for (options, offered) in [
        (json!({}), vec!["Glob", "Grep"]),
        (json!({ "tools": ["Grep", "Read"] }), vec!["Grep"]),
        (json!({ "tools": ["Read"] }), vec![]),
    ] {
        let bench = Bench::new(json!([says("ok")])).await;
        let messages = bench.run("Hi", options).await;
        let tools = only(&messages, "system/init")["tools"].as_array().unwrap().clone();
        let found: Vec<_> =
            tools.iter().filter_map(Value::as_str).filter(|name| matches!(*name, "Glob" | "Grep")).collect();
        assert_eq!(found, offered);
    }
}

#[tokio::test]
async fn rules_hooks_and_lists_have_the_canonical_name_of_a_tool_row_222() {
    let bench = Bench::new(json!([])).await;
    bench.host.hooks_return(|_| json!({}));
    let matcher = json!({ "matcher": "TaskStop", "hooks": [{ "$function": true }] });
    let options = json!({ "tools": ["TaskStop", "Read"], "hooks": { "PreToolUse": [matcher] } });
    // The name that the model calls it by is an old one.
    let steps = [("c1", "KillShell", json!({ "shell_id": "none" }))];
    let messages = script(&bench, &steps, options).await;
    assert_eq!(only(&messages, "system/init")["tools"], json!(["Read", "TaskStop"]));
    let hooked: Vec<Value> =
        bench.host.hooked().iter().map(|hook| serde_json::from_str(&hook.input).unwrap()).collect();
    assert_eq!((hooked.len(), &hooked[0]["tool_name"]), (1, &json!("TaskStop")));
    // A rule with the canonical name takes it away under any name.
    let bench = Bench::new(json!([])).await;
    let messages = script(&bench, &steps, json!({ "disallowedTools": ["TaskStop"] })).await;
    let tools = only(&messages, "system/init")["tools"].as_array().unwrap().clone();
    assert!(!tools.contains(&json!("TaskStop")));
    let (text, is_error) = tool_result(&messages, "c1");
    assert!(is_error && text.contains("No tool is named KillShell"), "{text}");
}
