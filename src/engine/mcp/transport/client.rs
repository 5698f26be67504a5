//! A server outside this process, spoken to by `rmcp` over any of its transports.
#![expect(deprecated, reason = "roots are deprecated in the newest protocol, and servers still ask for them")]

use super::connection::{Connection, Ended, Failure, Hello, List, Progress, Request};
use super::told::without_secrets;
use crate::engine::clock::Clock;
use crate::engine::io::process::piped::Piped;
use futures::FutureExt;
use futures::future::BoxFuture;
use rmcp::model::{
    ClientCapabilities, ClientConfig, ClientRequest, CustomNotification, ElicitRequestParams, ElicitResult,
    ElicitationCapability, FormElicitationCapability, GetMeta, Implementation, JsonRpcMessage,
    ListRootsResult, ProgressNotificationParam, ProgressToken, Root, ServerNotification, ServerPeerInfo,
    UrlElicitationCapability,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, NotificationContext, RequestContext, RoleClient,
    RunningService, RxJsonRpcMessage, ServiceError, TxJsonRpcMessage, serve_client_with_lifecycle,
};
use rmcp::transport::Transport;
use rmcp::{ClientHandler, ErrorData};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// Tells that the tools or prompts of a server have changed. Resources are listed whenever they are asked for.
pub type Changed = Arc<dyn Fn() + Send + Sync>;

/// What the server may ask and tell us.
pub struct Handler {
    /// The working directories, as `roots/list` gives them (row 333).
    pub roots: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    /// Called for each notification that the tools or prompts have changed.
    pub changed: Changed,
    /// Answers a question to the user.
    pub elicit: Elicit,
    /// Called when the user has done what was asked for at a URL.
    pub elicited: Box<dyn Fn(Value) + Send + Sync>,
    /// Who waits for progress.
    calls: Arc<Calls>,
}

/// Takes the parameters of a question, gives its answer.
pub type Elicit = Box<dyn Fn(Value, CancellationToken) -> BoxFuture<'static, Value> + Send + Sync>;

impl Handler {
    /// A handler that knows the working directories.
    pub fn new(
        roots: Box<dyn Fn() -> Vec<String> + Send + Sync>,
        changed: Changed,
        (elicit, elicited): (Elicit, Box<dyn Fn(Value) + Send + Sync>),
    ) -> Self {
        Self { roots, changed, elicit, elicited, calls: Arc::default() }
    }
}

/// The calls under way that want to hear of progress.
#[derive(Default)]
struct Calls {
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, Call>>,
}

/// One of them, and the tokens of its requests: it has several when the server asks something first.
struct Call {
    progress: Progress,
    tokens: Vec<ProgressToken>,
}

/// The member of `_meta` that tells [`Watched`] which call a request is of. It does not leave.
const CALL: &str = "native-agent-sdk/call";

impl Calls {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<u64, Call>) -> T) -> T {
        work(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A call begins: its parameters get the mark.
    fn begin(&self, progress: Progress, params: &mut Value) -> Waiting<'_> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.with(|waiting| waiting.insert(number, Call { progress, tokens: Vec::new() }));
        params["_meta"][CALL] = number.into();
        Waiting(self, number)
    }

    /// Takes the mark off a message that is about to leave, and notes the token that the library has given it. Before the
    /// server can answer, so that no report comes too early.
    fn leaves(&self, message: &mut TxJsonRpcMessage<RoleClient>) {
        let JsonRpcMessage::Request(sent) = message else { return };
        let token = sent.request.get_meta().get_progress_token();
        let ClientRequest::CallToolRequest(call) = &mut sent.request else { return };
        let mark = call.params.meta.as_mut().and_then(|meta| meta.remove(CALL));
        if let (Some(number), Some(token)) = (mark.and_then(|mark| mark.as_u64()), token) {
            self.with(|waiting| {
                if let Some(call) = waiting.get_mut(&number) {
                    call.tokens.push(token);
                }
            });
        }
    }

    /// Hands a report to the call that it is of.
    fn report(&self, params: &ProgressNotificationParam) {
        let of_it = |call: &&Call| call.tokens.contains(&params.progress_token);
        let progress =
            self.with(|waiting| waiting.values().find(of_it).map(|call| Arc::clone(&call.progress)));
        if let Some(progress) = progress {
            progress(&serde_json::to_value(params).unwrap_or_default());
        }
    }
}

/// One call under way; dropping it ends its reports.
struct Waiting<'a>(&'a Calls, u64);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.with(|waiting| waiting.remove(&self.1));
    }
}

impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        capabilities.roots = Some(Default::default());
        let mut elicitation = ElicitationCapability::new();
        elicitation.form = Some(FormElicitationCapability::new());
        elicitation.url = Some(UrlElicitationCapability::new());
        capabilities.elicitation = Some(elicitation);
        ClientConfig::new(capabilities, Implementation::new("native-agent-sdk", env!("CARGO_PKG_VERSION")))
    }

    async fn list_roots(&self, _: RequestContext<RoleClient>) -> Result<ListRootsResult, ErrorData> {
        Ok(ListRootsResult::new((self.roots)().into_iter().map(Root::new).collect()))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let params = serde_json::to_value(&request).unwrap_or_default();
        let answer = (self.elicit)(params, context.ct).await;
        serde_json::from_value(answer).map_err(|error| ErrorData::internal_error(error.to_string(), None))
    }

    async fn on_custom_notification(
        &self,
        notification: CustomNotification,
        _: NotificationContext<RoleClient>,
    ) {
        if notification.method == "notifications/elicitation/complete" {
            (self.elicited)(notification.params.unwrap_or_default());
        }
    }
}

/// A connected server.
pub struct Client {
    service: RunningService<RoleClient, Handler>,
    calls: Arc<Calls>,
    hello: Hello,
    closed: CancellationToken,
    process: Mutex<Option<Piped>>,
    ended: Ended,
    clock: Clock,
}

/// What is behind a transport.
#[derive(Default)]
pub struct Behind {
    /// The child, if there is one.
    pub process: Option<Piped>,
    /// Why the transport ended the connection, if it did.
    pub ended: Ended,
}

impl Client {
    /// The handshake over `transport`.
    pub async fn connect<T>(
        transport: T,
        handler: Handler,
        lifecycle: ClientLifecycleMode,
        behind: Behind,
        clock: Clock,
    ) -> Result<Self, Failure>
    where
        T: Transport<RoleClient> + Send + 'static,
    {
        let Behind { process, ended } = behind;
        let closed = CancellationToken::new();
        let calls = Arc::clone(&handler.calls);
        let ear = Ear { calls: Arc::clone(&calls), changed: Arc::clone(&handler.changed) };
        let watched = Watched { inner: transport, closed: closed.clone(), ear };
        let service = match serve_client_with_lifecycle(handler, watched, lifecycle).await {
            Ok(service) => service,
            Err(error) => return Err(with_stderr(started(&error, &ended), process.as_ref())),
        };
        let hello = service.peer_info().map(|info| hello(&info)).unwrap_or_default();
        Ok(Self { service, calls, hello, closed, process: Mutex::new(process), ended, clock })
    }

    fn failure(&self, error: &ServiceError) -> Failure {
        if let ServiceError::McpError(error) = error {
            return Failure::Refused(error.message.to_string());
        }
        let failure = if let ServiceError::TransportSend(error) = error {
            classify(error.error.as_ref())
        } else if matches!(error, ServiceError::TransportClosed) {
            let closed = || "it closed the connection".to_owned();
            Failure::Gone(self.ended.get().cloned().unwrap_or_else(closed))
        } else {
            return Failure::Refused(without_secrets(&error.to_string()));
        };
        with_stderr(failure, self.process.lock().unwrap_or_else(PoisonError::into_inner).as_ref())
    }
}

fn hello(info: &ServerPeerInfo) -> Hello {
    Hello {
        server_info: info
            .server_info
            .as_ref()
            .map(|info| json!({ "name": info.name, "version": info.version })),
        instructions: info.instructions.clone(),
        capabilities: serde_json::to_value(&info.capabilities).unwrap_or_default(),
        ..Hello::default()
    }
}

/// What a child said before it ended is the best explanation.
fn with_stderr(failure: Failure, process: Option<&Piped>) -> Failure {
    match (failure, process.map(Piped::stderr).filter(|text| !text.is_empty())) {
        (Failure::Gone(text), Some(stderr)) => {
            Failure::Gone(format!("{text}. It wrote to standard error: {stderr}"))
        }
        (failure, _) => failure,
    }
}

/// Why the handshake failed.
fn started(error: &ClientInitializeError, ended: &Ended) -> Failure {
    if let ClientInitializeError::TransportError { error, .. } = error {
        return classify(error.error.as_ref());
    }
    if let ClientInitializeError::LegacyFallbackFailed { fallback, .. } = error {
        return started(fallback, ended);
    }
    if let ClientInitializeError::JsonRpcError(error) = error {
        return Failure::Refused(error.message.to_string());
    }
    if matches!(error, ClientInitializeError::ConnectionClosed(_)) {
        let closed = || "it closed the connection before it had answered".to_owned();
        return Failure::Gone(ended.get().cloned().unwrap_or_else(closed));
    }
    Failure::Refused(without_secrets(&error.to_string()))
}

const AUTHORISATION: &str = "it wants authorisation: give a token in `headers`";

/// Whether trying again, or authorisation, could help.
pub fn classify(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Failure {
    use rmcp::transport::streamable_http_client::{
        AuthRequiredError, HttpStatusError, InsufficientScopeError,
    };
    let first: &(dyn std::error::Error + 'static) = error;
    let mut last = first;
    for cause in std::iter::successors(Some(first), |error| error.source()) {
        if cause.is::<AuthRequiredError>() || cause.is::<InsufficientScopeError>() {
            return Failure::NeedsAuth(AUTHORISATION.to_owned());
        }
        if let Some(status) = cause.downcast_ref::<HttpStatusError>().map(|error| error.status) {
            return Failure::Gone(format!("it answered with HTTP {status}"));
        }
        if let Some(error) = cause.downcast_ref::<reqwest::Error>() {
            return match error.status().map(|status| status.as_u16()) {
                Some(401 | 403) => Failure::NeedsAuth(AUTHORISATION.to_owned()),
                Some(status @ (429 | 500..=599)) => Failure::Gone(format!("it answered with HTTP {status}")),
                Some(status) => Failure::Refused(format!("it answered with HTTP {status}")),
                None => Failure::Gone(crate::engine::io::http::describe(error)),
            };
        }
        // A status without a challenge is told in words only.
        let text = cause.to_string();
        if let Some(status) =
            text.strip_prefix("unexpected server response: HTTP ").and_then(|rest| rest.get(..3))
        {
            return match status {
                "401" | "403" => Failure::NeedsAuth(AUTHORISATION.to_owned()),
                status => Failure::Refused(format!("it answered with HTTP {status}")),
            };
        }
        if let Some(failure) = cause.downcast_ref::<Refusal>() {
            return failure.0.clone();
        }
        last = cause;
    }
    Failure::Gone(without_secrets(&last.to_string()))
}

/// A failure of a transport of ours, as an error.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.text())]
pub struct Refusal(pub Failure);

impl Connection for Client {
    fn hello(&self) -> &Hello {
        &self.hello
    }

    fn request(&self, request: Request) -> BoxFuture<'_, Result<Value, Failure>> {
        async move {
            let unreadable =
                |error: serde_json::Error| Failure::Refused(format!("its answer cannot be read: {error}"));
            let mut params = request.params;
            let _waiting = request.progress.map(|progress| self.calls.begin(progress, &mut params));
            let failed = |error: ServiceError| self.failure(&error);
            // Dropped before it is answered, a request tells the server that it is cancelled.
            match request.method {
                "tools/call" => {
                    let params = serde_json::from_value(params).map_err(unreadable)?;
                    let result = self.service.call_tool(params).await.map_err(failed)?;
                    serde_json::to_value(result).map_err(unreadable)
                }
                "resources/read" => {
                    let params = serde_json::from_value(params).map_err(unreadable)?;
                    let result = self.service.read_resource(params).await.map_err(failed)?;
                    serde_json::to_value(result).map_err(unreadable)
                }
                "prompts/get" => {
                    let params = serde_json::from_value(params).map_err(unreadable)?;
                    let result = self.service.get_prompt(params).await.map_err(failed)?;
                    serde_json::to_value(result).map_err(unreadable)
                }
                other => Err(Failure::Refused(format!("{other} is not available in this version"))),
            }
        }
        .boxed()
    }

    fn list(&self, what: List) -> BoxFuture<'_, Result<Vec<Value>, Failure>> {
        async move {
            if !self.hello.has(what) {
                return Ok(Vec::new());
            }
            let failed = |error: ServiceError| self.failure(&error);
            let items = match what {
                List::Tools => serde_json::to_value(self.service.list_all_tools().await.map_err(failed)?),
                List::Prompts => serde_json::to_value(self.service.list_all_prompts().await.map_err(failed)?),
                List::Resources => {
                    serde_json::to_value(self.service.list_all_resources().await.map_err(failed)?)
                }
            };
            match items {
                Ok(Value::Array(items)) => Ok(items),
                Ok(_) | Err(_) => {
                    Err(Failure::Refused(format!("its list of {} cannot be read", what.name())))
                }
            }
        }
        .boxed()
    }

    fn closed(&self) -> CancellationToken {
        self.closed.clone()
    }

    fn why_closed(&self) -> String {
        let why = Failure::Gone(self.ended.get().cloned().unwrap_or_else(|| "it ended".to_owned()));
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        with_stderr(why, process.as_ref()).text().to_owned()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        // Closes the transport: the child's input ends, the session at the server is deleted.
        self.service.cancellation_token().cancel();
        if let Some(process) = self.process.lock().unwrap_or_else(PoisonError::into_inner).take() {
            process.end(self.clock.clone());
        }
        futures::future::ready(()).boxed()
    }
}

/// Hears notifications in the order in which they arrive: the library hands each to a task of its own, which may come
/// after the answer to the call that it belongs to.
struct Ear {
    calls: Arc<Calls>,
    changed: Changed,
}

impl Ear {
    fn hear(&self, notification: &ServerNotification) {
        if let ServerNotification::ProgressNotification(progress) = notification {
            self.calls.report(&progress.params);
        }
        let lists = matches!(
            notification,
            ServerNotification::ToolListChangedNotification(_)
                | ServerNotification::PromptListChangedNotification(_)
        );
        if lists {
            (self.changed)();
        }
    }
}

/// A transport that tells when nothing more will come.
struct Watched<T> {
    inner: T,
    closed: CancellationToken,
    ear: Ear,
}

impl<T: Transport<RoleClient>> Transport<RoleClient> for Watched<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        mut item: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.ear.calls.leaves(&mut item);
        self.inner.send(item)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        let message = self.inner.receive().await;
        match &message {
            Some(JsonRpcMessage::Notification(heard)) => self.ear.hear(&heard.notification),
            Some(_) => {}
            None => self.closed.cancel(),
        }
        message
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.inner.close().await
    }
}

impl<T> Drop for Watched<T> {
    fn drop(&mut self) {
        self.closed.cancel();
    }
}
