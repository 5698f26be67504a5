//! What every engine test needs: a scripted API, a fake host, and a run to its end.

pub mod host;
pub mod memory_fs;

use host::FakeHost;
use native_agent_sdk::engine::clock::Clock;
use native_agent_sdk::engine::emit::End;
use native_agent_sdk::engine::error::EngineError;
use native_agent_sdk::engine::options::QueryConfig;
use native_agent_sdk::engine::query::{Engine, Query};
use native_agent_sdk::scripted::{Scenario, ScriptedApi};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A scripted API, an engine with a clock of its own, and a folder to work in.
pub struct Bench {
    pub api: ScriptedApi,
    pub engine: Engine,
    pub clock: Clock,
    pub host: Arc<FakeHost>,
    pub dir: tempfile::TempDir,
}

impl Bench {
    /// A bench whose API follows `rules`, in strict mode.
    pub async fn new(rules: Value) -> Self {
        Self::with_clock(rules, Clock::real()).await
    }

    /// The same with a clock that the test moves.
    pub async fn manual(rules: Value) -> Self {
        Self::with_clock(rules, Clock::manual()).await
    }

    async fn with_clock(rules: Value, clock: Clock) -> Self {
        let scenario = Scenario::from_value(json!({ "rules": rules })).unwrap();
        let dir = tempfile::tempdir().unwrap();
        // Not the policy of the machine that runs the tests.
        let policy = dir.path().join("policy.json");
        Self {
            api: ScriptedApi::start(scenario).await.unwrap(),
            engine: Engine::with_clock(clock.clone()).with_policy_file(policy),
            clock,
            host: Arc::new(FakeHost::default()),
            dir,
        }
    }

    /// A bench without rules and with a project below the home folder: `repo`, beside these settings files.
    pub async fn project(files: &[(&str, Value)]) -> Self {
        let bench = Self::new(json!([])).await;
        bench.file("repo/.git/HEAD", "");
        for (name, settings) in files {
            bench.file(name, &settings.to_string());
        }
        bench
    }

    /// More rules, after those that the API has.
    pub fn add_rules(&self, rules: Value) {
        self.api.push_rules(Scenario::from_value(json!({ "rules": rules })).unwrap().rules);
    }

    /// The folder, resolved.
    pub fn cwd(&self) -> std::path::PathBuf {
        std::fs::canonicalize(self.dir.path()).unwrap()
    }

    /// An absolute path below the folder, as text.
    pub fn path(&self, name: &str) -> String {
        self.cwd().join(name).to_string_lossy().into_owned()
    }

    /// Writes a file below the folder; returns its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.cwd().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    fn config(&self, prompt: Value, options: Value) -> Value {
        let mut options: Map<String, Value> = options.as_object().cloned().unwrap();
        let mut env = json!({
            "ANTHROPIC_BASE_URL": self.api.url(),
            "ANTHROPIC_API_KEY": "sk-test",
            "PATH": std::env::var("PATH").unwrap(),
            "HOME": self.cwd(),
            "CLAUDE_CODE_TMPDIR": self.cwd().join(".tmp"),
        });
        if let Some(Value::Object(more)) = options.remove("env") {
            for (name, value) in more {
                env[name] = value;
            }
        }
        let given = options.remove("envGiven").unwrap_or_else(|| json!(false));
        let cwd = options.remove("cwd").unwrap_or_else(|| json!(self.cwd()));
        json!({ "id": 1, "prompt": prompt, "options": options, "env": env, "envGiven": given, "cwd": cwd, "hostCwd": self.cwd() })
    }

    fn start(&self, prompt: Value, options: Value) -> Result<Query, EngineError> {
        let config: QueryConfig = serde_json::from_value(self.config(prompt, options)).unwrap();
        let host = Arc::clone(&self.host);
        self.engine.start(config, host)
    }

    /// Starts a query with a text prompt.
    pub fn query(&self, prompt: &str, options: Value) -> Result<Query, EngineError> {
        self.start(json!({ "kind": "text", "text": prompt }), options)
    }

    /// Starts a query with a streaming prompt.
    pub fn stream(&self, options: Value) -> Query {
        self.start(json!({ "kind": "stream" }), options).unwrap()
    }

    /// Runs a text prompt to its end; the API must have been used exactly as scripted, and never wrongly.
    pub async fn run(&self, prompt: &str, options: Value) -> Vec<Value> {
        let query = self.query(prompt, options).unwrap();
        let messages = drain(&query).await;
        self.api.assert_complete().unwrap();
        messages
    }

    /// The body of the `n`-th request.
    pub fn body(&self, n: usize) -> Value {
        (*self.api.requests()[n].body).clone()
    }
}

/// Every message until the query is done.
pub async fn drain(query: &Query) -> Vec<Value> {
    let mut all = Vec::new();
    while let Some(messages) = next(query).await {
        all.extend(messages);
    }
    all
}

/// The next messages; `None` when the query is done.
pub async fn next(query: &Query) -> Option<Vec<Value>> {
    let batch = query.pull().await;
    let items: Vec<Value> = serde_json::from_str(&batch.items).unwrap();
    match batch.end {
        Some(End::Failed(error)) => panic!("the query failed: {error}"),
        Some(End::Done) if items.is_empty() => None,
        // The end is reported again by the next pull.
        Some(End::Done) | None => Some(items),
    }
}

/// Messages until one of type `result`, that one included.
pub async fn until_result(query: &Query) -> Vec<Value> {
    let mut all = Vec::new();
    while !all.iter().any(|message: &Value| message["type"] == "result") {
        all.extend(next(query).await.expect("a result before the end"));
    }
    all
}

/// What `future` gives. It may take as long as nothing takes when all is well.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("settles soon")
}

/// Waits for something that comes true soon and tells nobody.
pub async fn until(condition: impl Fn() -> bool) {
    soon(async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

/// An object with the fields of a second one, which win.
pub fn with(mut object: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("no object: {more}") };
    object.as_object_mut().unwrap().extend(more);
    object
}

/// A user message of a streaming prompt.
pub fn user(text: &str) -> String {
    json!({ "type": "user", "message": { "role": "user", "content": text } }).to_string()
}

/// `type`, or `system/subtype`, of each message.
pub fn kinds(messages: &[Value]) -> Vec<String> {
    let kind = |message: &Value| match message["subtype"].as_str() {
        Some(subtype) => format!("{}/{subtype}", message["type"].as_str().unwrap()),
        None => message["type"].as_str().unwrap_or("delta").to_owned(),
    };
    messages.iter().map(kind).collect()
}

/// The one message of a kind.
pub fn only<'a>(messages: &'a [Value], kind: &str) -> &'a Value {
    let found: Vec<_> =
        kinds(messages).iter().enumerate().filter(|(_, k)| *k == kind).map(|(i, _)| i).collect();
    assert_eq!(found.len(), 1, "{kind} in {:?}", kinds(messages));
    &messages[found[0]]
}

/// The texts of `system/informational`, one a line.
pub fn told(messages: &[Value]) -> String {
    let found = messages.iter().filter(|message| message["subtype"] == "informational");
    found.map(|message| message["content"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Text and error flag of the result of one call, as the consumer saw it.
pub fn tool_result(messages: &[Value], id: &str) -> (String, bool) {
    let block = messages
        .iter()
        .filter_map(|message| message["message"]["content"].get(0))
        .find(|block| block["tool_use_id"] == id)
        .unwrap_or_else(|| panic!("no result of {id} in {messages:#?}"));
    let text = block["content"].as_str().map_or_else(|| block["content"].to_string(), str::to_owned);
    (text, block["is_error"].as_bool().unwrap_or(false))
}

/// A rule that answers with a text.
pub fn says(text: &str) -> Value {
    json!({ "reply": { "content": [{ "type": "text", "text": text }] } })
}

/// A rule that answers with one call.
pub fn calls(id: &str, name: &str, input: Value) -> Value {
    json!({ "reply": { "content": [{ "type": "tool_use", "id": id, "name": name, "input": input }] } })
}

/// Asserts that a path does not exist.
pub fn absent(path: impl AsRef<Path>) {
    assert!(!path.as_ref().exists(), "{} exists", path.as_ref().display());
}
