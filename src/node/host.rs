//! `JsHost`: the engine's questions over the one callback that JavaScript registered.

use super::linger::CALLBACKS;
use crate::engine::executor::{ExecutorCall, Fault};
use crate::engine::host::{
    HookReply, HookRequest, Host, McpCall, PermissionAnswer, PermissionQuestion, PermissionResult,
    QuestionOptions,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use napi::Status;
use napi::bindgen_prelude::Either;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The callback: gets a question as text, or the number of a query that has messages. Weak, so that a pending question alone
/// does not keep the process alive. It answers by [`Answers::give`]: a promise would have to be fetched by one wake-up of a
/// thread and awaited by another.
pub type HostCall = ThreadsafeFunction<Either<String, u32>, (), Either<String, u32>, Status, false, true>;

/// What JavaScript is asked or told, as it gets it; see `Request` of `src/js/host.ts`. (The question of a hook is put
/// together where it is asked: its input is JSON already.)
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Request<'a> {
    CanUseTool { query: u32, id: u64, tool_name: &'a str, input: &'a Value, options: &'a QuestionOptions },
    Mcp { query: u32, id: u64, handle: u64, method: &'a str, params: &'a Value, progress: Option<u64> },
    Call { query: u32, id: u64, function: &'a str, argument: &'a Value },
    Executor { query: u32, id: u64, method: &'a str, params: &'a Value },
    Cancel { query: u32, id: u64 },
    Log { query: u32, text: &'a str },
}

impl Request<'_> {
    fn text(&self) -> String {
        // Texts, numbers and JSON values always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The questions of one environment that JavaScript has not answered yet.
#[derive(Default)]
pub struct Answers {
    last: AtomicU64,
    open: Mutex<HashMap<u64, Open>>,
}

/// A question, and when it was asked.
struct Open {
    waiting: oneshot::Sender<String>,
    asked: u64,
}

impl Answers {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a question. Nobody waits any more for those of cancelled ones.
    pub fn give(&self, id: u64, answer: String) {
        let open = self.open().remove(&id);
        if let Some(Open { waiting, asked }) = open {
            let _ = waiting.send(answer);
            CALLBACKS.answered(asked);
        }
    }
}

/// The host of one query.
pub struct JsHost {
    query: u32,
    call: Arc<HostCall>,
    answers: Arc<Answers>,
}

impl JsHost {
    /// The host of the query that JavaScript calls `query`.
    pub fn new(query: u32, call: Arc<HostCall>, answers: Arc<Answers>) -> Self {
        Self { query, call, answers }
    }

    /// Asks one question. Dropping the future cancels it.
    async fn ask(&self, id: u64, request: String) -> Result<String, String> {
        let (waiting, answer) = oneshot::channel();
        self.answers.open().insert(id, Open { waiting, asked: CALLBACKS.asked() });
        let _pending = Pending { host: self, id };
        if self.tell(request) != Status::Ok {
            return Err(GONE.to_owned());
        }
        answer.await.map_err(|_| GONE.to_owned())
    }

    async fn ask_server(&self, call: &McpCall) -> Result<String, String> {
        let id = self.next_id();
        let request = Request::Mcp {
            query: self.query,
            id,
            handle: call.handle,
            method: &call.method,
            params: &call.params,
            progress: call.progress,
        };
        self.ask(id, request.text()).await
    }

    fn tell(&self, request: String) -> Status {
        self.call.call(Either::A(request), ThreadsafeFunctionCallMode::NonBlocking)
    }

    fn next_id(&self) -> u64 {
        self.answers.last.fetch_add(1, Ordering::Relaxed) + 1
    }
}

const GONE: &str = "JavaScript is gone";

/// Tells JavaScript that nobody waits for an answer any more, unless it has come.
struct Pending<'a> {
    host: &'a JsHost,
    id: u64,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let unanswered = self.host.answers.open().remove(&self.id).is_some();
        if !unanswered {
            CALLBACKS.read();
        } else {
            CALLBACKS.dropped();
            let cancel = Request::Cancel { query: self.host.query, id: self.id };
            self.host.tell(cancel.text());
        }
    }
}

impl Host for JsHost {
    fn can_use_tool(&self, question: PermissionQuestion) -> BoxFuture<'_, PermissionAnswer> {
        async move {
            let id = self.next_id();
            let request = Request::CanUseTool {
                query: self.query,
                id,
                tool_name: &question.tool_name,
                input: &question.input,
                options: &question.options,
            };
            match self.ask(id, request.text()).await {
                Ok(text) => read(&text),
                Err(error) => PermissionAnswer::Failed(format!("canUseTool could not be asked: {error}")),
            }
        }
        .boxed()
    }

    fn call_hook(&self, request: HookRequest) -> BoxFuture<'_, HookReply> {
        async move {
            let id = self.next_id();
            // The input is JSON already, and names of events need no quoting.
            let text = format!(
                r#"{{"query":{},"id":{id},"type":"hook","event":"{}","matcher":{},"hook":{},"toolUseID":{},"input":{}}}"#,
                self.query,
                request.event.name(),
                request.matcher,
                request.hook,
                request.tool_use_id.map_or(Value::Null, Value::String),
                request.input,
            );
            match self.ask(id, text).await {
                Ok(text) => read_hook(&text),
                Err(error) => {
                    HookReply::Failed { text: format!("could not be called: {error}"), stack: None }
                }
            }
        }
        .boxed()
    }

    fn mcp(&self, call: McpCall) -> BoxFuture<'_, Result<Value, String>> {
        async move { answered(self.ask_server(&call).await) }.boxed()
    }

    fn mcp_text(&self, call: McpCall) -> BoxFuture<'_, Result<String, String>> {
        async move {
            let text = self.ask_server(&call).await;
            let result = text.as_deref().ok().and_then(|text| serde_json::from_str::<Unread<'_>>(text).ok());
            match result {
                Some(Unread { ok }) => Ok(ok.get().to_owned()),
                None => answered(text).map(|result| result.to_string()),
            }
        }
        .boxed()
    }

    fn call(&self, function: &'static str, argument: Value) -> BoxFuture<'_, Result<Value, String>> {
        async move {
            let id = self.next_id();
            let request = Request::Call { query: self.query, id, function, argument: &argument };
            answered(self.ask(id, request.text()).await)
        }
        .boxed()
    }

    fn execute(&self, call: ExecutorCall) -> BoxFuture<'_, Result<Value, Fault>> {
        async move {
            let id = self.next_id();
            let (method, params) = (&*call.method, &call.params);
            let request = Request::Executor { query: self.query, id, method, params };
            let text = self.ask(id, request.text()).await;
            let text = text.map_err(|error| Fault::new(format!("it could not be asked: {error}")))?;
            let mut answer: Value = serde_json::from_str(&text).unwrap_or_default();
            if let Some(error) = answer.get("error") {
                let field = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
                let message = field("message").unwrap_or_else(|| "unknown error".to_owned());
                return Err(Fault { code: field("code"), message });
            }
            Ok(answer.get_mut("ok").map(Value::take).unwrap_or_default())
        }
        .boxed()
    }

    fn log(&self, text: &str) {
        let notice = Request::Log { query: self.query, text };
        self.tell(notice.text());
    }
}

/// A result that is left as it came.
#[derive(Deserialize)]
struct Unread<'a> {
    #[serde(borrow)]
    ok: &'a RawValue,
}

/// A result, or what was thrown.
fn answered(text: Result<String, String>) -> Result<Value, String> {
    let text = text.map_err(|error| format!("it could not be asked: {error}"))?;
    let mut answer: Value = serde_json::from_str(&text).unwrap_or_default();
    match answer.get_mut("ok").map(Value::take) {
        Some(result) => Ok(result),
        None => {
            let error = answer.pointer("/error/message").and_then(Value::as_str);
            Err(error.unwrap_or("it gave no answer").to_owned())
        }
    }
}

/// What a hook said; whether it fits is for the engine to say.
fn read_hook(text: &str) -> HookReply {
    let mut answer: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(error) = answer.get("error") {
        let field = |name: &str| error.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let message = field("message").unwrap_or("unknown error");
        let text = format!("threw {}: {message}", field("name").unwrap_or("Error"));
        return HookReply::Failed { text, stack: field("stack").map(str::to_owned) };
    }
    let returned = answer.get_mut("ok").map(Value::take);
    HookReply::Returned(returned.unwrap_or_else(|| json!({})))
}

/// What the user's callback said, checked.
fn read(text: &str) -> PermissionAnswer {
    let answer: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(error) = answer.get("error") {
        let message = error.get("message").and_then(Value::as_str).unwrap_or("unknown error");
        let name = error.get("name").and_then(Value::as_str).unwrap_or("Error");
        return PermissionAnswer::Failed(format!("canUseTool threw {name}: {message}"));
    }
    match answer.get("ok") {
        Some(Value::Null) => PermissionAnswer::Undecided,
        Some(result) => match PermissionResult::read(result) {
            Ok(result) => PermissionAnswer::Decided(result),
            Err(fault) => PermissionAnswer::Failed(format!(
                "canUseTool returned what is no decision: {fault}. It must return {{ behavior: 'allow', updatedInput? }} or \
                 {{ behavior: 'deny', message }}; the call is refused"
            )),
        },
        None => PermissionAnswer::Failed("canUseTool returned undefined, so the call is refused".to_owned()),
    }
}
