//! The scripted API over plain HTTP: streams, gates, faults, strict refusals, endpoints, closing.

use native_agent_sdk::scripted::{Rule, Scenario, ScriptedApi};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use rustls::RootCertStore;
use serde_json::{Value, json};

use crate::tls::client_config;

fn builder() -> ClientBuilder {
    Client::builder().no_proxy().tls_backend_preconfigured(client_config(RootCertStore::empty()))
}

fn client() -> Client {
    builder().build().unwrap()
}

async fn start(scenario: Value) -> ScriptedApi {
    ScriptedApi::start(Scenario::from_value(scenario).unwrap()).await.unwrap()
}

fn body(stream: bool) -> Value {
    json!({
        "model": "claude-sonnet-4-6",
        "max_tokens": 1000,
        "stream": stream,
        "messages": [{ "role": "user", "content": "Say hello" }],
    })
}

fn post(client: &Client, api: &ScriptedApi, path: &str, body: &Value) -> RequestBuilder {
    client
        .post(format!("{}{path}", api.url()))
        .header("x-api-key", "sk-test")
        .header("anthropic-version", "2023-06-01")
        .header("content-type", "application/json")
        .body(body.to_string())
}

async fn ask(api: &ScriptedApi, body: &Value) -> Response {
    post(&client(), api, "/v1/messages", body).send().await.unwrap()
}

async fn json_of(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

fn error_type(body: &Value) -> &str {
    body["error"]["type"].as_str().unwrap()
}

/// Reads until the text contains `end`; whatever came with it is in the result.
async fn read_until(response: &mut Response, end: &str) -> String {
    let mut text = String::new();
    while !text.contains(end) {
        let chunk = response.chunk().await.unwrap().expect("the stream goes on");
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    text
}

#[tokio::test]
async fn a_streamed_reply_and_what_is_kept_of_the_request() {
    let api =
        start(json!({ "rules": [{ "reply": { "content": [{ "type": "text", "text": "Hello" }] } }] })).await;
    let request = post(&client(), &api, "/v1/messages?beta=true", &body(true))
        .header("X-Twice", "a")
        .header("X-Twice", "b");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["request-id"], "req_scripted_000001");
    let text = response.text().await.unwrap();
    assert!(text.starts_with("event: message_start\n"), "{text}");
    assert!(text.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"), "{text}");

    let requests = api.requests();
    let [kept] = requests.as_slice() else { panic!("one request") };
    assert_eq!((kept.method.as_str(), kept.path.as_str()), ("POST", "/v1/messages?beta=true"));
    assert_eq!(kept.headers["x-twice"], "a, b");
    assert_eq!(*kept.body, body(true));
    assert_eq!(
        (kept.body_bytes, kept.raw.len()),
        (body(true).to_string().len(), body(true).to_string().len())
    );
    assert_eq!((kept.status, kept.rule, kept.http_version), (Some(200), Some(0), "1.1"));
    let (first, done) = (kept.first_byte_micros.unwrap(), kept.done_micros.unwrap());
    assert!(kept.arrived_micros <= kept.whole_micros && kept.whole_micros <= first && first <= done);
    assert_eq!(kept.busy_micros, Some(done - kept.whole_micros));
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn an_unstreamed_reply_and_the_other_endpoints() {
    let api =
        start(json!({ "rules": [{ "reply": { "content": [{ "type": "text", "text": "Hello" }] } }] })).await;
    let message = json_of(ask(&api, &body(false)).await).await;
    assert_eq!(message["content"], json!([{ "type": "text", "text": "Hello" }]));

    let mut count = body(true);
    count.as_object_mut().unwrap().retain(|name, _| name == "model" || name == "messages");
    let counted =
        json_of(post(&client(), &api, "/v1/messages/count_tokens", &count).send().await.unwrap()).await;
    assert!(counted["input_tokens"].as_u64().unwrap() > 0);
    assert_eq!(counted.as_object().unwrap().len(), 1);

    let get = |path: &str| {
        let request = client().get(format!("{}{path}", api.url()));
        request.header("authorization", "Bearer t").header("anthropic-version", "2023-06-01").send()
    };
    let models = json_of(get("/v1/models").await.unwrap()).await;
    assert_eq!(models["data"][0]["type"], "model");
    assert_eq!(json_of(get("/v1/models/claude-opus-4-7").await.unwrap()).await["max_tokens"], 128_000);
    api.assert_complete().unwrap();

    let missing = get("/v1/files").await.unwrap();
    assert_eq!(missing.status(), 404);
    assert_eq!(error_type(&json_of(missing).await), "not_found_error");
    assert!(api.assert_complete().unwrap_err().contains("scenario.unmatched"));
}

#[tokio::test]
async fn rules_answer_in_order_as_often_as_they_may() {
    let text = |text: &str| json!({ "content": [{ "type": "text", "text": text }] });
    let api = start(json!({ "rules": [
        { "name": "bye", "when": { "userText": "bye" }, "reply": text("never") },
        { "times": 2, "reply": text("first") },
        { "times": "always", "reply": text("rest") },
    ] }))
    .await;
    for expected in ["first", "first", "rest", "rest"] {
        assert_eq!(json_of(ask(&api, &body(false)).await).await["content"][0]["text"], expected);
    }
    assert_eq!(api.unused(), ["bye (served 0 of 1)"]);
    assert!(api.assert_complete().unwrap_err().contains("unused: bye"));
    let served: Vec<Option<usize>> = api.requests().iter().map(|request| request.rule).collect();
    assert_eq!(served, [Some(1), Some(1), Some(2), Some(2)]);

    api.reset_to(Scenario::default());
    assert!(api.requests().is_empty());
    let refused = ask(&api, &body(false)).await;
    assert_eq!(refused.status(), 400);
    let refused = json_of(refused).await;
    assert_eq!(error_type(&refused), "invalid_request_error");
    assert!(refused["error"]["message"].as_str().unwrap().contains("Say hello"), "{refused}");
    assert_eq!(api.violations()[0].rule, "scenario.unmatched");

    api.reset();
    api.push_rules(Rule::list_from_value(json!([{ "reply": text("pushed") }])).unwrap());
    assert_eq!(json_of(ask(&api, &body(false)).await).await["content"][0]["text"], "pushed");
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_gate_holds_a_stream_until_it_is_opened() {
    let api = start(json!({ "rules": [{ "reply": {
        "content": [{ "type": "text", "text": "one" }, { "type": "text", "text": "two" }],
        "gates": [{ "at": "start", "name": "head" }, { "at": { "block": 0, "delta": 1 }, "name": "middle" }],
    } }] }))
    .await;
    let request = post(&client(), &api, "/v1/messages", &body(true)).send();
    let request = tokio::spawn(request);
    api.wait_gate("head").await;
    assert!(!request.is_finished());
    api.open_gate("head");
    let mut response = request.await.unwrap().unwrap();
    api.wait_gate("middle").await;
    let text = read_until(&mut response, "\"one\"").await;
    assert!(!text.contains("content_block_stop"));
    assert_eq!(api.requests()[0].done_micros, None);
    api.open_gate("middle");
    let text = read_until(&mut response, "message_stop\"").await;
    assert!(text.contains("\"two\""));
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn broken_rules_of_the_api_are_refused_and_counted() {
    let reply = json!({ "content": [{ "type": "text", "text": "Hello" }] });
    let api = start(json!({ "apiKey": "sk-test", "rules": [
        { "when": { "userText": "hidden" }, "expectInvalid": "text.whitespace" },
        { "times": "any", "reply": reply },
    ] }))
    .await;
    // Expected: refused, no violation.
    let mut blank = body(true);
    blank["messages"] = json!([{ "role": "user", "content": [
        { "type": "text", "text": " " }, { "type": "text", "text": "hidden" } ] }]);
    let refused = ask(&api, &blank).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(
        json_of(refused).await["error"]["message"],
        "messages.0.content.0.text: text content blocks must contain non-whitespace text"
    );
    api.assert_complete().unwrap();

    // The same again is a violation: the rule that expected it is used up.
    assert_eq!(ask(&api, &blank).await.status(), 400);
    let other: HeaderMap =
        [(HeaderName::from_static("x-api-key"), HeaderValue::from_static("wrong"))].into_iter().collect();
    let wrong_key = post(&client(), &api, "/v1/messages", &body(true)).headers(other).send();
    let wrong_key = wrong_key.await.unwrap();
    assert_eq!(wrong_key.status(), 401);
    assert_eq!(error_type(&json_of(wrong_key).await), "authentication_error");
    let no_json =
        post(&client(), &api, "/v1/messages", &json!(null)).body("{\"model\":").send().await.unwrap();
    assert_eq!(no_json.status(), 400);
    let large = post(&client(), &api, "/v1/messages", &json!(null))
        .body(vec![b' '; 33 * 1024 * 1024])
        .send()
        .await
        .unwrap();
    assert_eq!(large.status(), 413);
    assert_eq!(error_type(&json_of(large).await), "request_too_large");

    let rules: Vec<(usize, String)> = api.violations().into_iter().map(|v| (v.request, v.rule)).collect();
    let expected = [(1, "text.whitespace"), (2, "header.auth"), (3, "body.json"), (4, "body.size")];
    assert_eq!(rules, expected.map(|(request, rule)| (request, rule.to_owned())));
}

#[tokio::test]
async fn a_request_that_should_have_been_refused_is_a_violation() {
    let api = start(json!({ "rules": [{ "expectInvalid": "text.empty" }] })).await;
    assert_eq!(ask(&api, &body(true)).await.status(), 400);
    assert_eq!(api.violations()[0].rule, "scenario.expected_invalid");
}

#[tokio::test]
async fn thinking_has_to_come_back_as_it_was_sent() {
    let thinking = json!({ "type": "thinking", "thinking": "Read first.", "signature": "sig-1" });
    let call = json!({ "type": "tool_use", "id": "t1", "name": "Read", "input": {} });
    let api = start(json!({ "rules": [
        { "reply": { "content": [thinking.clone(), call.clone()] } },
        { "reply": { "content": [{ "type": "text", "text": "Done" }] } },
        { "expectInvalid": "thinking.altered" },
        { "expectInvalid": "thinking.dropped" },
    ] }))
    .await;
    let mut request = body(false);
    request["thinking"] = json!({ "type": "adaptive" });
    let sent = json_of(ask(&api, &request).await).await;
    assert_eq!(sent["content"], json!([thinking, call]));
    let mut next = |content: &Value| {
        request["messages"] = json!([
            { "role": "user", "content": "Say hello" },
            { "role": "assistant", "content": content },
            { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "t1", "content": "x" }] },
        ]);
        request.clone()
    };
    let whole = next(&sent["content"]);
    assert_eq!(ask(&api, &whole).await.status(), 200);
    let mut altered = thinking.clone();
    altered["thinking"] = json!("Write first.");
    let altered = next(&json!([altered, call]));
    assert_eq!(ask(&api, &altered).await.status(), 400);
    let dropped = next(&json!([call]));
    assert_eq!(ask(&api, &dropped).await.status(), 400);
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn prompt_caching_shows_in_the_usage() {
    let api = start(
        json!({ "rules": [{ "times": 2, "reply": { "content": [{ "type": "text", "text": "Hi" }] } }] }),
    )
    .await;
    let mut request = body(false);
    request["system"] =
        json!([{ "type": "text", "text": "Be brief, and kind.", "cache_control": { "type": "ephemeral" } }]);
    let first = json_of(ask(&api, &request).await).await;
    let second = json_of(ask(&api, &request).await).await;
    let written = first["usage"]["cache_creation_input_tokens"].as_u64().unwrap();
    assert!(written > 0);
    assert_eq!(second["usage"]["cache_read_input_tokens"], written);
    assert_eq!(second["usage"]["cache_creation_input_tokens"], 0);
}

#[tokio::test]
async fn faults_reach_the_wire() {
    let reply = |faults: Value| json!({ "reply": { "content": [{ "type": "text", "text": "Hello" }], "faults": faults } });
    let api = start(json!({ "rules": [
        reply(json!({ "dropAfterEvents": 4 })),
        reply(json!({ "dropAfterBytes": 10 })),
        reply(json!({ "dropBeforeHeaders": true })),
        reply(json!({ "endAfterEvents": 3 })),
        reply(json!({ "errorAfterEvents": { "events": 4, "type": "overloaded_error", "message": "busy" } })),
        reply(json!({ "split": 7, "crlf": true, "comments": true })),
        { "reply": { "error": { "status": 429, "headers": { "retry-after": "7" } } } },
    ] }))
    .await;
    let mut dropped = ask(&api, &body(true)).await;
    let text = read_until(&mut dropped, "\"Hello\"").await;
    assert!(!text.contains("content_block_stop"));
    assert!(dropped.chunk().await.is_err());

    let mut dropped = ask(&api, &body(true)).await;
    assert_eq!(dropped.chunk().await.unwrap().unwrap().as_ref(), b"event: mes");
    assert!(dropped.chunk().await.is_err());

    assert!(post(&client(), &api, "/v1/messages", &body(true)).send().await.is_err());
    assert_eq!(api.requests()[2].status, None);

    let ended = ask(&api, &body(true)).await.text().await.unwrap();
    assert!(ended.contains("content_block_start") && !ended.contains("content_block_delta"));

    let error = ask(&api, &body(true)).await.text().await.unwrap();
    assert!(error.ends_with(
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n"
    ));

    let dressed = ask(&api, &body(true)).await.text().await.unwrap();
    assert!(dressed.starts_with(": keep-alive\r\nevent: message_start\r\n"));
    assert!(!dressed.replace("\r\n", "").contains('\n'));

    let limited = ask(&api, &body(true)).await;
    assert_eq!((limited.status().as_u16(), &limited.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn twenty_thousand_deltas_come_without_validation_or_record() {
    let api = start(json!({ "strict": false, "record": false, "rules": [{ "times": "always", "reply": {
        "content": [{ "type": "text", "repeat": { "text": "word ", "times": 20_000 } }] } }] }))
    .await;
    // Not strict: no key, no version, an unknown field.
    let request = client()
        .post(format!("{}/v1/messages", api.url()))
        .body(json!({ "stream": true, "x": 1 }).to_string());
    let text = request.send().await.unwrap().text().await.unwrap();
    assert_eq!(text.matches("event: content_block_delta\n").count(), 20_000);
    assert!(text.ends_with("\"message_stop\"}\n\n"));
    let kept = api.requests().remove(0);
    assert_eq!((&*kept.body, kept.raw.len(), kept.headers.len()), (&Value::Null, 0, 0));
    assert!(kept.busy_micros.is_some() && kept.body_bytes > 0);
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn http_2_with_prior_knowledge_streams_and_breaks() {
    let reply = |faults: Value| json!({ "reply": { "content": [{ "type": "text", "text": "Hello" }], "faults": faults } });
    let api = start(json!({ "rules": [reply(json!({})), reply(json!({ "dropAfterEvents": 4 }))] })).await;
    let client = builder().http2_prior_knowledge().build().unwrap();
    let whole = post(&client, &api, "/v1/messages", &body(true)).send().await.unwrap().text().await.unwrap();
    assert!(whole.ends_with("\"message_stop\"}\n\n"));
    let mut dropped = post(&client, &api, "/v1/messages", &body(true)).send().await.unwrap();
    read_until(&mut dropped, "\"Hello\"").await;
    assert!(dropped.chunk().await.is_err());
    assert!(api.requests().iter().all(|request| request.http_version == "2"));
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn closing_breaks_what_is_under_way() {
    let scenario = json!({ "rules": [{ "times": "always", "reply": {
        "content": [], "gates": [{ "at": "message_start", "name": "never" }] } }] });
    let api = start(scenario.clone()).await;
    let mut held = ask(&api, &body(true)).await;
    read_until(&mut held, "message_start").await;
    let url = api.url();
    api.close();
    // A chunked body that ends without its last chunk is an error, not an end.
    while let Ok(chunk) = held.chunk().await {
        assert!(chunk.is_some());
    }
    assert_eq!(api.requests().len(), 1);
    let gone = client().post(url).send().await;
    assert!(gone.is_err());

    let api = start(scenario).await;
    let mut held = ask(&api, &body(true)).await;
    read_until(&mut held, "message_start").await;
    drop(api);
    while let Ok(chunk) = held.chunk().await {
        assert!(chunk.is_some());
    }
}
