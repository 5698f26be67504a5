//! A host whose answers the test chooses, and which remembers what it was asked.

use futures::FutureExt;
use futures::future::BoxFuture;
use native_agent_sdk::engine::executor::{ExecutorCall, Fault};
use native_agent_sdk::engine::host::{
    HookReply, HookRequest, Host, McpCall, PermissionAnswer, PermissionQuestion, PermissionResult,
};
use serde_json::Value;
use std::sync::Mutex;
use tokio::sync::oneshot;

type Hook = Box<dyn Fn(&HookRequest) -> BoxFuture<'static, HookReply> + Send + Sync>;
type McpServer = Box<dyn Fn(&McpCall) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;
type Function = Box<dyn Fn(&str, &Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;
type Executor = Box<dyn Fn(&ExecutorCall) -> BoxFuture<'static, Result<Value, Fault>> + Send + Sync>;
type Answer = Box<dyn Fn(&PermissionQuestion) -> Option<PermissionAnswer> + Send + Sync>;

/// Allows everything until told otherwise.
#[derive(Default)]
pub struct FakeHost {
    answer: Mutex<Option<Answer>>,
    asked: Mutex<Vec<PermissionQuestion>>,
    waiting: Mutex<Vec<oneshot::Sender<PermissionAnswer>>>,
    logged: Mutex<Vec<String>>,
    hook: Mutex<Option<Hook>>,
    hooked: Mutex<Vec<HookRequest>>,
    server: Mutex<Option<McpServer>>,
    served: Mutex<Vec<McpCall>>,
    function: Mutex<Option<Function>>,
    executor: Mutex<Option<Executor>>,
}

impl FakeHost {
    /// Sets how questions are answered; `None` means not before `decide`.
    pub fn answer(
        &self,
        answer: impl Fn(&PermissionQuestion) -> Option<PermissionAnswer> + Send + Sync + 'static,
    ) {
        *self.answer.lock().unwrap() = Some(Box::new(answer));
    }

    /// Answers the questions that wait, and all later ones.
    pub fn decide(&self, answer: PermissionAnswer) {
        for waiting in self.waiting.lock().unwrap().drain(..) {
            // Whoever asked may have stopped waiting.
            let _ = waiting.send(answer.clone());
        }
        self.answer(move |_| Some(answer.clone()));
    }

    /// The questions so far.
    pub fn asked(&self) -> Vec<PermissionQuestion> {
        self.asked.lock().unwrap().clone()
    }

    /// Sets what hooks do; without it they return `{}`.
    pub fn on_hook(
        &self,
        hook: impl Fn(&HookRequest) -> BoxFuture<'static, HookReply> + Send + Sync + 'static,
    ) {
        *self.hook.lock().unwrap() = Some(Box::new(hook));
    }

    /// Sets what hooks return at once.
    pub fn hooks_return(&self, hook: impl Fn(&HookRequest) -> Value + Send + Sync + 'static) {
        self.on_hook(move |request| futures::future::ready(HookReply::Returned(hook(request))).boxed());
    }

    /// The hooks that were called so far.
    pub fn hooked(&self) -> Vec<HookRequest> {
        self.hooked.lock().unwrap().clone()
    }

    /// Sets how servers of the embedder answer.
    pub fn serve(&self, server: impl Fn(&McpCall) -> Result<Value, String> + Send + Sync + 'static) {
        self.serve_in_time(move |call| futures::future::ready(server(call)).boxed());
    }

    /// The same for servers that may take their time.
    pub fn serve_in_time(
        &self,
        server: impl Fn(&McpCall) -> BoxFuture<'static, Result<Value, String>> + Send + Sync + 'static,
    ) {
        *self.server.lock().unwrap() = Some(Box::new(server));
    }

    /// The requests to servers of the embedder so far.
    pub fn served(&self) -> Vec<McpCall> {
        self.served.lock().unwrap().clone()
    }

    /// Sets what other functions of the options do.
    pub fn functions(
        &self,
        function: impl Fn(&str, &Value) -> Result<Value, String> + Send + Sync + 'static,
    ) {
        self.functions_in_time(move |name, argument| {
            futures::future::ready(function(name, argument)).boxed()
        });
    }

    /// The same for functions that may take their time.
    pub fn functions_in_time(
        &self,
        function: impl Fn(&str, &Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync + 'static,
    ) {
        *self.function.lock().unwrap() = Some(Box::new(function));
    }

    /// Sets how executors of the embedder answer.
    pub fn on_execute(
        &self,
        executor: impl Fn(&ExecutorCall) -> BoxFuture<'static, Result<Value, Fault>> + Send + Sync + 'static,
    ) {
        *self.executor.lock().unwrap() = Some(Box::new(executor));
    }

    /// The notices so far.
    pub fn logged(&self) -> Vec<String> {
        self.logged.lock().unwrap().clone()
    }
}

/// An approval without changes.
pub fn allow() -> PermissionAnswer {
    PermissionAnswer::Decided(PermissionResult::Allow {
        updated_input: None,
        updated_permissions: Vec::new(),
    })
}

/// A refusal.
pub fn deny(message: &str, interrupt: bool) -> PermissionAnswer {
    PermissionAnswer::Decided(PermissionResult::Deny { message: message.to_owned(), interrupt })
}

impl Host for FakeHost {
    fn can_use_tool(&self, question: PermissionQuestion) -> BoxFuture<'_, PermissionAnswer> {
        let answer = match &*self.answer.lock().unwrap() {
            Some(answer) => answer(&question),
            None => Some(allow()),
        };
        self.asked.lock().unwrap().push(question);
        match answer {
            Some(answer) => futures::future::ready(answer).boxed(),
            None => {
                let (sender, receiver) = oneshot::channel();
                self.waiting.lock().unwrap().push(sender);
                async { receiver.await.unwrap() }.boxed()
            }
        }
    }

    fn call_hook(&self, request: HookRequest) -> BoxFuture<'_, HookReply> {
        self.hooked.lock().unwrap().push(request.clone());
        match &*self.hook.lock().unwrap() {
            Some(hook) => hook(&request),
            None => futures::future::ready(HookReply::Returned(serde_json::json!({}))).boxed(),
        }
    }

    fn mcp(&self, call: McpCall) -> BoxFuture<'_, Result<Value, String>> {
        let answer = match &*self.server.lock().unwrap() {
            Some(server) => server(&call),
            None => futures::future::ready(Err("there is no server".to_owned())).boxed(),
        };
        self.served.lock().unwrap().push(call);
        answer
    }

    fn call(&self, function: &'static str, argument: Value) -> BoxFuture<'_, Result<Value, String>> {
        match &*self.function.lock().unwrap() {
            Some(answer) => answer(function, &argument),
            None => futures::future::ready(Err(format!("there is no {function}"))).boxed(),
        }
    }

    fn execute(&self, call: ExecutorCall) -> BoxFuture<'_, Result<Value, Fault>> {
        match &*self.executor.lock().unwrap() {
            Some(executor) => executor(&call),
            None => futures::future::ready(Err(Fault::new("there is no executor"))).boxed(),
        }
    }

    fn log(&self, text: &str) {
        self.logged.lock().unwrap().push(text.to_owned());
    }
}
