//! The loop: order of messages, rounds, limits, several turns, what the model is sent.

use crate::support::{Bench, calls, drain, kinds, only, says, tool_result, until_result, user};
use serde_json::{Value, json};

#[tokio::test]
async fn a_plain_turn_is_init_assistant_result_row_1() {
    let bench = Bench::new(json!([says("Hello.")])).await;
    let messages = bench.run("Hi", json!({})).await;
    assert_eq!(kinds(&messages), ["system/init", "assistant", "result/success"]);
    let result = &messages[2];
    assert_eq!(result["result"], "Hello.");
    assert_eq!((&result["is_error"], &result["num_turns"]), (&json!(false), &json!(1)));
    assert_eq!(
        (&result["stop_reason"], &result["terminal_reason"]),
        (&json!("end_turn"), &json!("completed"))
    );
    let session = messages[0]["session_id"].as_str().unwrap();
    assert!(messages.iter().all(|message| message["session_id"] == session), "row 356");
    let mut uuids: Vec<_> = messages.iter().map(|message| message["uuid"].as_str().unwrap()).collect();
    uuids.sort_unstable();
    uuids.dedup();
    assert_eq!(uuids.len(), 3);
}

#[tokio::test]
async fn calls_and_results_alternate_until_a_reply_without_calls_row_2() {
    let bench = Bench::new(json!([])).await;
    let file = bench.file("a.txt", "one\ntwo\n");
    bench.api.push_rules(
        serde_json::from_value(json!([
            calls("c1", "Read", json!({ "file_path": file })),
            says("Two lines.")
        ]))
        .unwrap(),
    );
    let messages = bench.run("Read it", json!({})).await;
    assert_eq!(kinds(&messages), ["system/init", "assistant", "user", "assistant", "result/success"]);
    assert_eq!(messages[2]["message"]["content"][0]["tool_use_id"], "c1");
    assert_eq!(messages[2]["tool_use_result"]["type"], "text", "row 223");
    assert_eq!(messages[4]["num_turns"], 2);
    let sent = bench.body(1);
    let roles: Vec<_> =
        sent["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
}

#[tokio::test]
async fn max_turns_delivers_the_last_results_and_ends_row_3() {
    let bench = Bench::new(json!([
        calls("c1", "Glob", json!({ "pattern": "*" })),
        calls("c2", "Glob", json!({ "pattern": "*" })),
    ]))
    .await;
    let messages = bench.run("Look", json!({ "maxTurns": 2 })).await;
    let result = only(&messages, "result/error_max_turns");
    assert_eq!(result["num_turns"], 3);
    assert_eq!(result.get("result"), None);
    assert!(result["errors"][0].as_str().unwrap().contains('2'));
    assert_eq!((&result["is_error"], &result["terminal_reason"]), (&json!(true), &json!("max_turns")));
    assert!(!tool_result(&messages, "c2").1);
}

#[tokio::test]
async fn every_result_carries_the_documented_fields_row_6() {
    let bench = Bench::new(json!([calls("c1", "Glob", json!({ "pattern": "*" }))])).await;
    let failed = bench.run("Look", json!({ "maxTurns": 1 })).await;
    let bench = Bench::new(json!([says("Hi")])).await;
    let good = bench.run("Hi", json!({})).await;
    for result in [only(&failed, "result/error_max_turns"), only(&good, "result/success")] {
        for field in [
            "total_cost_usd",
            "usage",
            "num_turns",
            "session_id",
            "stop_reason",
            "permission_denials",
            "modelUsage",
            "duration_ms",
            "duration_api_ms",
            "is_error",
            "uuid",
        ] {
            assert!(result.get(field).is_some(), "{field}");
        }
    }
}

#[tokio::test]
async fn the_stop_reason_is_that_of_the_last_reply_row_7() {
    for (reason, text) in [("max_tokens", "cut"), ("refusal", "no"), ("end_turn", "yes")] {
        let reply = json!({ "content": [{ "type": "text", "text": text }], "stop_reason": reason });
        let bench = Bench::new(json!([{ "reply": reply }])).await;
        let messages = bench.run("Go", json!({})).await;
        assert_eq!(only(&messages, "result/success")["stop_reason"], reason);
    }
}

#[tokio::test]
async fn calls_of_a_refused_reply_do_not_run() {
    let write = json!({ "type": "tool_use", "id": "c1", "name": "Write", "input": { "file_path": "/x", "content": "" } });
    let bench = Bench::new(json!([{ "reply": { "content": [write], "stop_reason": "refusal" } }])).await;
    let messages = bench.run("Go", json!({})).await;
    assert_eq!(kinds(&messages), ["system/init", "assistant", "result/success"]);
}

#[tokio::test]
async fn a_paused_reply_is_continued() {
    let search = json!({ "type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": { "query": "x" } });
    let paused =
        json!({ "content": [{ "type": "text", "text": "Wait" }, search], "stop_reason": "pause_turn" });
    let bench = Bench::new(json!([{ "reply": paused }, says("Done.")])).await;
    let messages = bench.run("Go", json!({})).await;
    assert_eq!(only(&messages, "result/success")["result"], "Done.");
    assert_eq!(bench.body(1)["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn readers_run_side_by_side_and_results_reach_the_model_in_the_order_asked_row_20() {
    let bench = Bench::new(json!([])).await;
    let ids = ["c1", "c2", "c3"];
    let content: Vec<Value> = ids
        .iter()
        .map(|id| {
            let file = bench.file(&format!("{id}.txt"), id);
            json!({ "type": "tool_use", "id": id, "name": "Read", "input": { "file_path": file } })
        })
        .collect();
    let rules = json!([{ "reply": { "content": content } }, says("ok")]);
    bench.add_rules(rules);
    let messages = bench.run("Read all", json!({})).await;
    assert_eq!(kinds(&messages).iter().filter(|kind| *kind == "user").count(), 3, "one message a result");
    let sent = bench.body(1)["messages"][2]["content"].clone();
    let order: Vec<_> = sent.as_array().unwrap().iter().map(|b| b["tool_use_id"].as_str().unwrap()).collect();
    assert_eq!(order, ids);
    assert_eq!(only(&messages, "result/success")["num_turns"], 2, "a round is one reply, however many calls");
}

#[tokio::test]
async fn writers_run_one_after_another_in_the_order_asked() {
    let bench = Bench::new(json!([])).await;
    let log = bench.path("log");
    let content: Vec<Value> = (0..4)
        .map(|n| {
            let command = format!("echo start {n} >> {log}; echo end {n} >> {log}");
            json!({ "type": "tool_use", "id": format!("c{n}"), "name": "Bash", "input": { "command": command } })
        })
        .collect();
    let rules = json!([{ "reply": { "content": content } }, says("ok")]);
    bench.add_rules(rules);
    bench.run("Go", json!({ "canUseTool": { "$function": true } })).await;
    let expected: String = (0..4).map(|n| format!("start {n}\nend {n}\n")).collect();
    assert_eq!(std::fs::read_to_string(log).unwrap(), expected);
}

#[tokio::test]
async fn a_streaming_prompt_has_a_turn_and_an_init_for_each_message_row_12_row_25() {
    let bench = Bench::new(json!([says("one"), says("two")])).await;
    let query = bench.stream(json!({}));
    query.push(&user("first")).unwrap();
    query.push(&user("second")).unwrap();
    query.end_input();
    let messages = drain(&query).await;
    assert_eq!(
        kinds(&messages),
        ["system/init", "assistant", "result/success", "system/init", "assistant", "result/success"]
    );
    assert_eq!(
        (&messages[2]["result_index"], &messages[2]["queued_turn_count"]),
        (&json!(0), &json!(1)),
        "row 11"
    );
    assert_eq!((&messages[5]["result_index"], &messages[5]["queued_turn_count"]), (&json!(1), &json!(0)));
    assert_eq!(bench.body(1)["messages"].as_array().unwrap().len(), 3, "the second turn knows the first");
    bench.api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_session_waits_for_the_next_message_row_24() {
    let bench = Bench::new(json!([says("one"), says("two")])).await;
    let query = bench.stream(json!({}));
    query.push(&user("first")).unwrap();
    until_result(&query).await;
    query.push(&user("second")).unwrap();
    let second = until_result(&query).await;
    assert_eq!(only(&second, "result/success")["result"], "two");
    query.end_input();
    assert!(drain(&query).await.is_empty());
}

#[tokio::test]
async fn usage_is_of_the_turn_and_cost_of_the_query_row_480_row_571() {
    let usage = json!({ "input_tokens": 1000, "output_tokens": 100, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0 });
    let reply =
        |text: &str| json!({ "reply": { "content": [{ "type": "text", "text": text }], "usage": usage } });
    let bench = Bench::new(json!([reply("one"), reply("two")])).await;
    let query = bench.stream(json!({ "model": "claude-sonnet-4-5" }));
    query.push(&user("first")).unwrap();
    query.push(&user("second")).unwrap();
    query.end_input();
    let messages = drain(&query).await;
    let results: Vec<_> = messages.iter().filter(|m| m["type"] == "result").collect();
    let once = 1000.0 * 3.0 / 1e6 + 100.0 * 15.0 / 1e6;
    for (result, times) in results.iter().zip([1.0, 2.0]) {
        assert_eq!(result["usage"]["input_tokens"], 1000);
        assert_eq!(result["usage"]["output_tokens"], 100);
        assert!((result["total_cost_usd"].as_f64().unwrap() - once * times).abs() < 1e-12);
    }
    let rows = results[1]["modelUsage"].as_object().unwrap();
    let row = rows.values().next().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((&row["inputTokens"], &row["outputTokens"]), (&json!(2000), &json!(200)), "row 479");
    assert_eq!((&row["contextWindow"], &row["maxOutputTokens"]), (&json!(200_000), &json!(32_000)));
}
