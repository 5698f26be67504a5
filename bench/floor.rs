//! Contestant: the floor. The least an agent loop in Rust must do: send the history, parse the stream, read the file, again.
//! Takes the same orders as `client.mjs`, on stdin and stdout.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring stick, not part of the engine"
)]

use futures::StreamExt;
use futures::future::join_all;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::io::BufRead;
use std::sync::Arc;
use std::time::Instant;

const HEAD: &str = r#"{"model":"claude-sonnet-4-5","max_tokens":32000,"stream":true,"tools":[{"name":"Read","description":"Reads a text file and shows it with line numbers.","input_schema":{"type":"object","properties":{"file_path":{"type":"string"}},"required":["file_path"]}}],"messages":["#;

#[derive(serde::Deserialize)]
struct Event<'a> {
    r#type: &'a str,
    #[serde(default)]
    index: usize,
    #[serde(borrow)]
    content_block: Option<&'a RawValue>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
}

#[derive(serde::Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    text: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow)]
    partial_json: Option<std::borrow::Cow<'a, str>>,
}

/// A block that grows: as it started, and the text or input that came since.
struct Block {
    start: Value,
    grown: String,
}

#[derive(Clone)]
struct Floor {
    http: reqwest::Client,
    epoch: Instant,
}

#[tokio::main]
async fn main() {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let http = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls).build().unwrap();
    let floor = Floor { http, epoch: Instant::now() };
    let (lines, mut orders) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            lines.send(line.unwrap()).unwrap();
        }
        std::process::exit(0);
    });
    while let Some(line) = orders.recv().await {
        let floor = floor.clone();
        tokio::spawn(async move {
            let order: Value = serde_json::from_str(&line).unwrap();
            let value = floor.obey(&order).await;
            println!("{}", json!({ "id": order["id"], "value": value }));
        });
    }
}

impl Floor {
    fn micros(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap()
    }

    async fn obey(&self, order: &Value) -> Value {
        let url = order["url"].as_str().unwrap_or_default();
        let count = order["count"].as_u64().unwrap_or(1);
        match order["order"].as_str().unwrap() {
            "pings" => {
                let mut times = Vec::new();
                for _ in 0..count {
                    let before = self.micros();
                    self.http.get(format!("{url}/v1/models")).send().await.unwrap().bytes().await.unwrap();
                    times.push([before, self.micros()]);
                }
                json!(times)
            }
            "queries" => {
                let mut times = Vec::new();
                for _ in 0..count {
                    let before = self.micros();
                    self.ask(url, &mut 0).await;
                    times.push([before, self.micros()]);
                }
                json!(times)
            }
            "sessions" => {
                let texts = join_all((0..count).map(|_| {
                    let (floor, url) = (self.clone(), url.to_owned());
                    tokio::spawn(async move { floor.ask(&url, &mut 0).await })
                }))
                .await;
                json!(texts.into_iter().filter(|text| text.as_ref().unwrap() == "Done.").count())
            }
            "deltas" => {
                let before = self.micros();
                let mut seen = 0;
                self.ask(url, &mut seen).await;
                json!({ "seen": seen, "micros": self.micros() - before })
            }
            "collect" => Value::Null,
            other => panic!("unknown order {other}"),
        }
    }

    /// Runs one query to its end; counts deltas in `seen`; returns the final text.
    async fn ask(&self, url: &str, seen: &mut usize) -> String {
        let mut history =
            json!({ "role": "user", "content": [{ "type": "text", "text": "Read the files." }] }).to_string();
        loop {
            let blocks = self.stream(url, &history, seen).await;
            let mut content = Vec::new();
            let mut results = Vec::new();
            for Block { mut start, grown } in blocks {
                if start["type"] == "tool_use" {
                    start["input"] = serde_json::from_str(&grown).unwrap();
                    results.push(run_tool(&start).await);
                } else {
                    start["text"] = grown.into();
                }
                content.push(start);
            }
            if results.is_empty() {
                return content
                    .pop()
                    .map_or_else(String::new, |block| block["text"].as_str().unwrap().to_owned());
            }
            for message in [
                json!({ "role": "assistant", "content": content }),
                json!({ "role": "user", "content": results }),
            ] {
                history.push(',');
                history.push_str(&message.to_string());
            }
        }
    }

    async fn stream(&self, url: &str, history: &str, seen: &mut usize) -> Vec<Block> {
        let response = self
            .http
            .post(format!("{url}/v1/messages"))
            .header("content-type", "application/json")
            .header("x-api-key", "sk-bench")
            .header("anthropic-version", "2023-06-01")
            .body([HEAD, history, "]}"].concat())
            .send()
            .await
            .unwrap();
        assert!(response.status().is_success(), "{:?}", response.text().await);
        let mut bytes = response.bytes_stream();
        let mut blocks = Vec::new();
        let mut rest = Vec::new();
        while let Some(chunk) = bytes.next().await {
            rest.extend_from_slice(&chunk.unwrap());
            let mut from = 0;
            while let Some(length) = rest[from..].windows(2).position(|pair| pair == b"\n\n") {
                let event = std::str::from_utf8(&rest[from..from + length]).unwrap();
                if let Some(at) = event.find("data: ") {
                    take(&serde_json::from_str(&event[at + 6..]).unwrap(), &mut blocks, seen);
                }
                from += length + 2;
            }
            rest.drain(..from);
        }
        blocks
    }
}

fn take(event: &Event<'_>, blocks: &mut Vec<Block>, seen: &mut usize) {
    match event.r#type {
        "content_block_start" => {
            let start = serde_json::from_str(event.content_block.unwrap().get()).unwrap();
            blocks.push(Block { start, grown: String::new() });
        }
        "content_block_delta" => {
            let delta = event.delta.as_ref().unwrap();
            let text = delta.text.as_ref().or(delta.partial_json.as_ref()).unwrap();
            blocks[event.index].grown.push_str(text);
            *seen += 1;
        }
        _ => {}
    }
}

async fn run_tool(call: &Value) -> Value {
    let text = tokio::fs::read_to_string(call["input"]["file_path"].as_str().unwrap()).await.unwrap();
    let lines: Vec<String> =
        text.lines().enumerate().map(|(index, line)| format!("{}\t{line}", index + 1)).collect();
    json!({ "type": "tool_result", "tool_use_id": call["id"], "content": lines.join("\n") })
}
