//! Background tasks: commands that outlive their turn, what the stream and the model hear of them, and their end.

use crate::support::{
    Bench, calls, drain, kinds, next, only, says, soon, tool_result, until, until_result, user,
};
use native_agent_sdk::engine::query::Query;
use serde_json::{Value, json};

fn allow() -> Value {
    json!({ "allowedTools": ["Bash"] })
}

/// A command that ends with `code` once the file `go` is there.
fn waits(bench: &Bench, code: i32) -> String {
    format!("echo begun; until [ -e {} ]; do sleep 0.01; done; echo over; exit {code}", bench.path("go"))
}

fn background(id: &str, command: &str) -> Value {
    calls(id, "Bash", json!({ "command": command, "description": "Wait for it", "run_in_background": true }))
}

/// The id of the task that a `task_started` among these messages tells of.
fn started(messages: &[Value]) -> String {
    only(messages, "system/task_started")["task_id"].as_str().unwrap().to_owned()
}

fn control(query: &Query, request: Value) -> Value {
    query.control(&request.to_string()).unwrap()
}

/// The text of the last block of the last message of the `n`-th request.
fn last_text(bench: &Bench, n: usize) -> String {
    let body = bench.body(n);
    let content = body["messages"].as_array().unwrap().last().unwrap()["content"].clone();
    content.as_array().unwrap().last().unwrap()["text"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_background_command_outlives_its_turn_and_its_end_is_a_turn_of_its_own_row_232() {
    for (code, status, patch, how) in [
        (0, "completed", "completed", "completed (exit code 0)"),
        (3, "failed", "failed", "failed with exit code 3"),
    ] {
        let bench = Bench::new(json!([])).await;
        let rules = json!([background("c1", &waits(&bench, code)), says("It runs."), says("It has ended.")]);
        bench.add_rules(rules);
        let query = bench.query("Go", allow()).unwrap();
        let first = soon(until_result(&query)).await;
        let expected = [
            "system/init",
            "assistant",
            "system/background_tasks_changed",
            "system/task_started",
            "user",
            "assistant",
            "result/success",
        ];
        assert_eq!(kinds(&first), expected);
        let id = started(&first);
        let task = only(&first, "system/task_started");
        assert_eq!((&task["tool_use_id"], &task["task_type"]), (&json!("c1"), &json!("local_bash")));
        assert_eq!((&task["description"], &task["is_backgrounded"]), (&json!("Wait for it"), &json!(true)));
        let rows = &only(&first, "system/background_tasks_changed")["tasks"];
        let row = json!({ "task_id": id, "task_type": "local_bash", "description": "Wait for it" });
        assert_eq!(rows, &json!([row]));
        let output = &first.iter().find(|m| m["type"] == "user").unwrap()["tool_use_result"];
        let expected = json!({ "stdout": "", "stderr": "", "interrupted": false, "backgroundTaskId": id });
        assert_eq!(output, &expected);
        let file = bench.cwd().join(".tmp").join(format!(
            "native-agent-sdk-{}/{}/tasks/{id}.output",
            nix::unistd::getuid(),
            query.session_id()
        ));
        let (text, is_error) = tool_result(&first, "c1");
        assert!(!is_error && text.contains(&id) && text.contains(file.to_str().unwrap()), "{text}");

        bench.file("go", "");
        let second = soon(drain(&query)).await;
        let expected = [
            "system/task_updated",
            "system/task_notification",
            "system/background_tasks_changed",
            "system/init",
            "assistant",
            "result/success",
        ];
        assert_eq!(kinds(&second), expected);
        assert_eq!(only(&second, "system/task_updated")["patch"]["status"], patch);
        assert!(only(&second, "system/task_updated")["patch"]["end_time"].is_u64());
        assert_eq!(only(&second, "system/background_tasks_changed")["tasks"], json!([]));
        let end = only(&second, "system/task_notification");
        let summary = format!("Background command \"Wait for it\" {how}");
        assert_eq!((&end["task_id"], &end["tool_use_id"]), (&json!(id), &json!("c1")));
        assert_eq!((&end["status"], &end["summary"]), (&json!(status), &json!(summary)));
        assert_eq!(end["output_file"], json!(file));
        assert!(end["usage"]["duration_ms"].is_u64());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "begun\nover\n");
        let told = last_text(&bench, 2);
        assert!(told.starts_with("<system-reminder>") && told.contains(&summary), "{told}");
        assert!(told.contains(file.to_str().unwrap()) && told.contains(&id), "{told}");
        assert_eq!(only(&second, "result/success")["result"], "It has ended.");
        bench.api.assert_complete().unwrap();
    }
}

#[tokio::test]
async fn a_task_that_ends_during_a_turn_is_told_with_the_next_results() {
    let bench = Bench::new(json!([])).await;
    let (go, over) = (bench.path("go"), bench.path("over"));
    let command = format!("until [ -e {go} ]; do sleep 0.01; done");
    // The end of the task is in the stream before the second command ends, as that waits for the file.
    let second = format!("touch {go}; until [ -e {over} ]; do sleep 0.01; done");
    let rules =
        json!(
            [background("c1", &command), calls("c2", "Bash", json!({ "command": second })), says("Done."),]
        );
    bench.add_rules(rules);
    let query = bench.query("Go", allow()).unwrap();
    let mut messages = Vec::new();
    while !kinds(&messages).contains(&"system/task_notification".to_owned()) {
        messages.extend(soon(next(&query)).await.unwrap());
    }
    bench.file("over", "");
    messages.extend(soon(drain(&query)).await);
    assert_eq!(kinds(&messages).iter().filter(|kind| *kind == "result/success").count(), 1);
    let body = bench.body(2);
    let content = body["messages"].as_array().unwrap().last().unwrap()["content"].clone();
    assert_eq!((&content[0]["type"], &content[1]["type"]), (&json!("tool_result"), &json!("text")));
    assert!(content[1]["text"].as_str().unwrap().contains("completed (exit code 0)"));
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn an_idle_conversation_wakes_up_for_a_task_and_stays_open() {
    let bench = Bench::new(json!([])).await;
    let rules =
        json!([background("c1", &waits(&bench, 0)), says("It runs."), says("It has ended."), says("Hello.")]);
    bench.add_rules(rules);
    let query = bench.stream(allow());
    query.push(&user("go")).unwrap();
    soon(until_result(&query)).await;
    bench.file("go", "");
    let messages = soon(until_result(&query)).await;
    assert_eq!(only(&messages, "result/success")["result"], "It has ended.");
    query.push(&user("hi")).unwrap();
    query.end_input();
    let messages = soon(drain(&query)).await;
    assert_eq!(only(&messages, "result/success")["result"], "Hello.");
    assert_eq!(last_text(&bench, 3), "hi", "an end is told once");
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn stop_task_ends_it_and_the_model_hears_of_it_with_the_next_message_row_580() {
    let bench = Bench::new(json!([
        background("c1", "echo $$ > pid; sleep 1000 & wait"),
        says("It runs."),
        says("I see.")
    ]))
    .await;
    let query = bench.stream(allow());
    query.push(&user("go")).unwrap();
    let messages = soon(until_result(&query)).await;
    let id = started(&messages);
    assert_eq!(control(&query, json!({ "type": "stop_task", "taskId": "b0" })), Value::Null);
    assert_eq!(control(&query, json!({ "type": "stop_task", "taskId": id })), Value::Null);
    let mut messages = Vec::new();
    while !kinds(&messages).contains(&"system/background_tasks_changed".to_owned()) {
        messages.extend(soon(next(&query)).await.unwrap());
    }
    assert_eq!(only(&messages, "system/task_notification")["status"], "stopped");
    assert_eq!(only(&messages, "system/task_updated")["patch"]["status"], "killed");
    query.push(&user("well?")).unwrap();
    query.end_input();
    let messages = soon(drain(&query)).await;
    assert_eq!(only(&messages, "result/success")["result"], "I see.");
    assert!(last_text(&bench, 2).contains("was stopped by the user"));
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn the_model_stops_a_task_and_is_not_told_again_row_303() {
    for (tool, field) in [("TaskStop", "task_id"), ("KillShell", "shell_id"), ("KillBash", "shell_id")] {
        let bench = Bench::new(json!([])).await;
        let command = "touch begun; sleep 1000";
        bench.add_rules(json!([background("c1", command), says("It runs.")]));
        let query = bench.stream(allow());
        query.push(&user("go")).unwrap();
        let id = started(&soon(until_result(&query)).await);
        bench.add_rules(json!([
            calls("c2", tool, json!({ (field): "b0" })),
            calls("c3", tool, json!({ (field): id })),
            calls("c4", tool, json!({ (field): id })),
            says("Done.")
        ]));
        query.push(&user("stop it")).unwrap();
        query.end_input();
        let messages = soon(drain(&query)).await;
        let unknown = format!("No background task has the id b0. Running: {id} (Wait for it).");
        assert_eq!(tool_result(&messages, "c2"), (unknown, true));
        assert_eq!(tool_result(&messages, "c3"), (format!("Stopped task {id} (Wait for it)."), false));
        let output = messages.iter().find(|m| m["tool_use_result"]["task_id"] == id.as_str()).unwrap();
        let expected = json!({
            "message": format!("Stopped task {id} (Wait for it)."),
            "task_id": id, "task_type": "local_bash", "command": command,
        });
        assert_eq!(output["tool_use_result"], expected);
        assert_eq!(only(&messages, "system/task_notification")["status"], "stopped");
        bench.api.assert_complete().unwrap();
    }
}

#[tokio::test]
async fn the_output_of_a_task_can_be_awaited_and_read_in_portions_row_302() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([background("c1", &waits(&bench, 0)), says("It runs.")]));
    let query = bench.stream(allow());
    query.push(&user("go")).unwrap();
    let messages = soon(until_result(&query)).await;
    let id = started(&messages);
    let (text, _) = tool_result(&messages, "c1");
    let file = text.split_whitespace().find(|word| word.ends_with(".output.")).unwrap().trim_end_matches('.');
    until(|| std::fs::read_to_string(file).is_ok_and(|text| text == "begun\n")).await;
    bench.add_rules(json!([
        calls("c2", "BashOutput", json!({ "bash_id": id })),
        calls("c3", "TaskOutput", json!({ "task_id": id, "block": true, "timeout": 1 })),
        calls("c4", "Bash", json!({ "command": format!("touch {}", bench.path("go")) })),
        calls("c5", "TaskOutput", json!({ "task_id": id, "block": true, "timeout": 600_000 })),
        calls("c6", "TaskOutput", json!({ "task_id": id, "block": false, "timeout": 0 })),
        says("Done.")
    ]));
    query.push(&user("look")).unwrap();
    query.end_input();
    let messages = soon(drain(&query)).await;
    for (call, text) in [
        ("c2", "The task is running.\nNew output:\nbegun"),
        ("c3", "The task is still running. No new output."),
        ("c5", "The task has completed with exit code 0.\nNew output:\nover"),
        ("c6", "The task has completed with exit code 0. No new output."),
    ] {
        assert_eq!(tool_result(&messages, call), (text.to_owned(), false), "{call}");
    }
    let of = |call: &str| {
        let of = |m: &&Value| m["message"]["content"][0]["tool_use_id"] == call;
        messages.iter().find(of).unwrap()["tool_use_result"].clone()
    };
    assert_eq!(of("c2")["retrieval_status"], "not_ready");
    assert_eq!(of("c3")["retrieval_status"], "timeout");
    let expected = json!({ "retrieval_status": "success", "task": {
        "task_id": id, "task_type": "local_bash", "status": "completed", "description": "Wait for it",
        "output": "over", "output_file": file, "exitCode": 0,
    }});
    assert_eq!(of("c5"), expected);
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn closing_the_query_ends_its_tasks() {
    let bench = Bench::new(json!([])).await;
    let command = format!("sleep 1000 & echo $$ $! > {0}.tmp; mv {0}.tmp {0}; wait", bench.path("pids"));
    bench.add_rules(json!([background("c1", &command), says("It runs.")]));
    let query = bench.query("Go", allow()).unwrap();
    soon(until_result(&query)).await;
    let file = bench.path("pids");
    until(|| std::path::Path::new(&file).exists()).await;
    let pids: Vec<i32> =
        std::fs::read_to_string(file).unwrap().split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    assert_eq!(pids.len(), 2);
    query.abort();
    let gone = |pid: &i32| {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(*pid), None).is_err()
            || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
    };
    until(|| pids.iter().all(gone)).await;
}

#[tokio::test]
async fn a_single_prompt_that_failed_does_not_wait_for_its_tasks() {
    let bench = Bench::new(json!([background("c1", "sleep 1000")])).await;
    let mut options = allow();
    options["maxTurns"] = json!(1);
    let query = bench.query("Go", options).unwrap();
    let messages = soon(drain(&query)).await;
    assert_eq!(only(&messages, "system/task_notification")["status"], "stopped");
    only(&messages, "result/error_max_turns");
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn an_interrupt_spares_tasks() {
    let held =
        json!({ "content": [{ "type": "text", "text": "late" }], "gates": [{ "at": "start", "name": "g" }] });
    let bench = Bench::new(json!([])).await;
    let rules = json!([background("c1", &waits(&bench, 0)), { "reply": held }, says("It has ended.")]);
    bench.add_rules(rules);
    let query = bench.stream(allow());
    query.push(&user("go")).unwrap();
    soon(bench.api.wait_gate("g")).await;
    control(&query, json!({ "type": "interrupt" }));
    only(&soon(until_result(&query)).await, "result/error_during_execution");
    bench.file("go", "");
    let messages = soon(until_result(&query)).await;
    assert_eq!(only(&messages, "system/task_notification")["status"], "completed");
    assert_eq!(only(&messages, "result/success")["result"], "It has ended.");
}

#[tokio::test]
async fn the_host_moves_a_running_command_to_the_background() {
    for only_this in [true, false] {
        let bench = Bench::new(json!([])).await;
        let command = format!("cd /; {}", waits(&bench, 0));
        let call = calls("c1", "Bash", json!({ "command": command }));
        bench.add_rules(json!([call, says("It goes on."), says("It has ended.")]));
        let query = bench.query("Go", allow()).unwrap();
        let request = |id: &str| match only_this {
            true => json!({ "type": "background_tasks", "toolUseId": id }),
            false => json!({ "type": "background_tasks" }),
        };
        assert_eq!(control(&query, json!({ "type": "background_tasks", "toolUseId": "c0" })), json!(false));
        until(|| control(&query, request("c1")) == json!(true)).await;
        let messages = soon(until_result(&query)).await;
        let id = started(&messages);
        let output = &messages.iter().find(|m| m["type"] == "user").unwrap()["tool_use_result"];
        assert_eq!((&output["backgroundTaskId"], &output["backgroundedByUser"]), (&json!(id), &json!(true)));
        assert!(output["backgroundCwdHint"].is_string());
        assert!(
            tool_result(&messages, "c1")
                .0
                .starts_with("The user moved the command to the background as task")
        );
        assert_eq!(control(&query, json!({ "type": "background_tasks" })), json!(false));
        bench.file("go", "");
        let messages = soon(drain(&query)).await;
        let file = only(&messages, "system/task_notification")["output_file"].as_str().unwrap().to_owned();
        assert_eq!(std::fs::read_to_string(file).unwrap(), "begun\nover\n");
        bench.api.assert_complete().unwrap();
    }
}
