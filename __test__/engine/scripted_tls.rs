//! The scripted API behind TLS: ALPN, and what a limit on concurrent streams does to 300 requests.

use futures::future::join_all;
use native_agent_sdk::scripted::{Scenario, ScriptedApi};
use reqwest::{Client, Response, Version};
use serde_json::{Value, json};

use crate::tls::{TlsFront, TlsOptions};

async fn start(times: u64) -> ScriptedApi {
    let scenario = json!({ "rules": [{ "times": times, "reply": {
        "content": [{ "type": "text", "text": "Hello" }],
        "gates": [{ "at": { "block": 0, "delta": 1 }, "name": "middle" }],
    } }] });
    ScriptedApi::start(Scenario::from_value(scenario).unwrap()).await.unwrap()
}

fn client(front: &TlsFront) -> Client {
    Client::builder().no_proxy().tls_backend_preconfigured(front.client_config()).build().unwrap()
}

async fn send(client: &Client, url: &str) -> reqwest::Result<Response> {
    let body: Value = json!({
        "model": "claude-sonnet-4-6",
        "max_tokens": 1000,
        "stream": true,
        "messages": [{ "role": "user", "content": "Say hello" }],
    });
    let request = client.post(format!("{url}/v1/messages")).body(body.to_string());
    let request = request.header("x-api-key", "sk-test").header("anthropic-version", "2023-06-01");
    request.header("content-type", "application/json").send().await
}

/// Starts requests and reads each of them to its end.
fn spread(client: &Client, url: &str, count: usize) -> Vec<tokio::task::JoinHandle<String>> {
    let one = |_| {
        let (client, url) = (client.clone(), url.to_owned());
        tokio::spawn(async move { send(&client, &url).await.unwrap().text().await.unwrap() })
    };
    (0..count).map(one).collect()
}

#[tokio::test]
async fn alpn_decides_the_protocol() {
    let api = start(2).await;
    api.open_gate("middle");
    for (alpn, version) in [(vec!["h2", "http/1.1"], Version::HTTP_2), (vec!["http/1.1"], Version::HTTP_11)] {
        let front = TlsFront::start(&api, TlsOptions { alpn, ..TlsOptions::default() }).await;
        assert!(front.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
        let response = send(&client(&front), &front.url()).await.unwrap();
        assert_eq!(response.version(), version);
        assert!(response.text().await.unwrap().contains("message_stop"));
    }
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_ca_gets_nothing() {
    let api = start(0).await;
    let front = TlsFront::start(&api, TlsOptions::default()).await;
    let other = TlsFront::start(&api, TlsOptions::default()).await;
    assert!(send(&client(&other), &front.url()).await.is_err());
    assert!(api.requests().is_empty());
}

#[tokio::test]
async fn one_connection_carries_no_more_streams_than_the_limit_and_all_finish() {
    let api = start(300).await;
    let options = TlsOptions { max_concurrent_streams: Some(100), ..TlsOptions::default() };
    let front = TlsFront::start(&api, options).await;
    let client = client(&front);
    // The first request opens the one connection that the others then share.
    let first = spread(&client, &front.url(), 1);
    api.wait_gate_count("middle", 1).await;
    let rest = spread(&client, &front.url(), 299);
    api.wait_gate_count("middle", 100).await;
    assert_eq!(api.requests().len(), 100);
    api.open_gate("middle");
    for text in join_all(first.into_iter().chain(rest)).await {
        assert!(text.unwrap().contains("message_stop"));
    }
    api.assert_complete().unwrap();
}

#[tokio::test]
async fn three_connections_hold_300_streams_at_a_limit_of_100() {
    let api = start(300).await;
    let options = TlsOptions { max_concurrent_streams: Some(100), ..TlsOptions::default() };
    let front = TlsFront::start(&api, options).await;
    let mut all = Vec::new();
    for _ in 0..3 {
        let client = client(&front);
        let held = all.len();
        all.extend(spread(&client, &front.url(), 1));
        api.wait_gate_count("middle", held + 1).await;
        all.extend(spread(&client, &front.url(), 99));
        api.wait_gate_count("middle", held + 100).await;
    }
    // All 300 are under way at once: none has finished before the gate opens.
    assert!(all.iter().all(|task| !task.is_finished()));
    api.open_gate("middle");
    for text in join_all(all).await {
        assert!(text.unwrap().contains("message_stop"));
    }
    api.assert_complete().unwrap();
}
