//! Results: one a turn, after everything else of that turn, numbered, with what still waits.

use crate::support::{Bench, drain, kinds, says};
use serde_json::{Value, json};

/// A message that waits for its own turn.
fn later(text: &str) -> String {
    json!({ "type": "user", "message": { "role": "user", "content": text }, "priority": "later" }).to_string()
}

#[tokio::test]
async fn every_turn_ends_with_its_one_result_row_9_row_11() {
    let held =
        json!({ "content": [{ "type": "text", "text": "one" }], "gates": [{ "at": "start", "name": "g" }] });
    let bench = Bench::new(json!([{ "reply": held }, says("two"), says("three")])).await;
    let query = bench.stream(json!({ "includePartialMessages": true }));
    query.push(&later("first")).unwrap();
    bench.api.wait_gate("g").await;
    query.push(&later("second")).unwrap();
    query.push(&later("third")).unwrap();
    query.end_input();
    bench.api.open_gate("g");
    let messages = drain(&query).await;
    let turns: Vec<&[Value]> = messages.split_inclusive(|message| message["type"] == "result").collect();
    assert_eq!(turns.len(), 3, "{:?}", kinds(&messages));
    for (n, (turn, text)) in turns.iter().zip(["one", "two", "three"]).enumerate() {
        let (result, before) = turn.split_last().unwrap();
        assert_eq!((&result["subtype"], &result["result"]), (&json!("success"), &json!(text)));
        assert_eq!((&result["result_index"], &result["queued_turn_count"]), (&json!(n), &json!(2 - n)));
        // Nothing of the turn comes later, and nothing of another one is among it.
        assert_eq!(before[0]["subtype"], "init");
        let replies: Vec<_> = before.iter().filter(|message| message["type"] == "assistant").collect();
        assert_eq!(replies.len(), 1);
        assert_eq!(replies[0]["message"]["content"][0]["text"], text);
        // A plain delta travels as `[uuid, index, kind, text]`.
        let streamed: String = before.iter().filter_map(|message| message[3].as_str()).collect();
        assert_eq!(streamed, text);
    }
}
