//! OAuth for servers behind HTTP (`mcpOAuth`): the host shows a URL to the user; everything else is done here.

use super::token_store::TokenStore;
use crate::engine::mcp::context::Context;
use crate::engine::mcp::transport::told::without_secrets;
use rmcp::transport::auth::{
    AuthError, AuthorizationManager, AuthorizationRequest, AuthorizationSession, OAuthHttpClient,
    OAuthHttpClientFuture, OAuthHttpRequest,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How often the scopes of one server are widened.
const WIDENINGS: u32 = 3;

/// `mcpOAuth` of the options.
#[derive(Clone, PartialEq, Eq)]
pub struct OAuthOptions {
    /// Where the user comes back to.
    pub redirect_url: String,
    /// The URL of a document that describes the client.
    pub client_metadata_url: Option<String>,
    /// The id of a client that is registered already, and its secret.
    pub client: Option<(String, Option<String>)>,
    /// Whether the host keeps tokens.
    pub store: bool,
}

impl std::fmt::Debug for OAuthOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the client, which may have a secret.
        f.debug_struct("OAuthOptions").field("redirect_url", &self.redirect_url).finish_non_exhaustive()
    }
}

/// The authorisation of one server; it outlives connections.
pub struct Authority {
    cx: Arc<Context>,
    options: Arc<OAuthOptions>,
    server: String,
    url: String,
    store: TokenStore,
    http: reqwest::Client,
    /// Held while something is under way, so that several requests lead to one question.
    manager: tokio::sync::Mutex<Option<AuthorizationManager>>,
    asking: AtomicBool,
    widened: AtomicU32,
    failure: Mutex<Option<String>>,
}

impl Authority {
    /// Nothing is known yet.
    pub fn new(
        cx: Arc<Context>,
        options: Arc<OAuthOptions>,
        (server, url): (String, String),
        http: reqwest::Client,
    ) -> Self {
        let store = TokenStore::new(options.store.then(|| Arc::clone(&cx.host)), url.clone());
        Self {
            cx,
            options,
            server,
            url,
            store,
            http,
            manager: tokio::sync::Mutex::new(None),
            asking: AtomicBool::new(false),
            widened: AtomicU32::new(0),
            failure: Mutex::new(None),
        }
    }

    /// Whether the user is being asked right now.
    pub fn is_asking(&self) -> bool {
        self.asking.load(Ordering::Relaxed)
    }

    /// Why the last authorisation failed.
    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The token to send, if there is one; renewed if it is about to end.
    pub async fn token(&self) -> Option<String> {
        let manager = self.manager.lock().await;
        match &*manager {
            Some(manager) => manager.get_access_token().await.ok(),
            None => None,
        }
    }

    /// A token in the place of `sent`, which the server refused with `challenge`. `None`: there is none to be had.
    pub async fn renewed(&self, sent: Option<&str>, challenge: &str) -> Option<String> {
        let mut place = self.manager.lock().await;
        // Another request may have brought one meanwhile.
        if let Some(manager) = &*place
            && let Ok(token) = manager.get_access_token().await
            && sent != Some(token.as_str())
        {
            return Some(token);
        }
        let outcome = self.authorised(place.take(), sent, challenge).await;
        self.finish(&mut place, outcome).await
    }

    /// A token with more scopes, which the server wants by `challenge`.
    pub async fn widened(&self, sent: Option<&str>, scope: Option<&str>, challenge: &str) -> Option<String> {
        let mut place = self.manager.lock().await;
        if self.widened.fetch_add(1, Ordering::Relaxed) >= WIDENINGS {
            self.fail(format!("the server wanted more scopes {WIDENINGS} times and is still not content"));
            return None;
        }
        let outcome = match (place.take(), scope) {
            (Some(manager), Some(scope)) => self.upgraded(manager, scope).await,
            (manager, _) => {
                drop(manager);
                self.asked(challenge, sent).await
            }
        };
        self.finish(&mut place, outcome).await
    }

    async fn finish(
        &self,
        place: &mut Option<AuthorizationManager>,
        outcome: Result<AuthorizationManager, AuthError>,
    ) -> Option<String> {
        match outcome {
            Ok(manager) => {
                let token = manager.get_access_token().await.ok();
                *place = Some(manager);
                self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
                token
            }
            Err(error) => {
                self.fail(Self::told(&error));
                None
            }
        }
    }

    /// What went wrong, without anything that nobody may read: answers that hold tokens are quoted where they are
    /// not understood, and a URL may hold a key.
    fn told(error: &AuthError) -> String {
        let text = error.to_string();
        let quotes = matches!(error, AuthError::TokenExchangeFailed(_) | AuthError::TokenRefreshFailed(_));
        let text = if quotes { text.split(['"', '`']).next().unwrap_or_default().trim_end() } else { &text };
        without_secrets(text)
    }

    fn fail(&self, why: String) {
        let text = format!("native-agent-sdk: the MCP server {} could not be authorised: {why}", self.server);
        self.cx.host.log(&text);
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }

    /// Tokens that are kept, a renewed one, or those that the user gets by being asked.
    async fn authorised(
        &self,
        known: Option<AuthorizationManager>,
        sent: Option<&str>,
        challenge: &str,
    ) -> Result<AuthorizationManager, AuthError> {
        let mut fresh = self.discovered(challenge).await?;
        // Also with the same authority as before: it may have changed, and then nothing of before counts.
        if fresh.initialize_from_store().await.unwrap_or(false) {
            if sent.is_some() {
                if fresh.refresh_token().await.is_ok() {
                    return Ok(fresh);
                }
            } else if fresh.get_access_token().await.is_ok() {
                return Ok(fresh);
            }
        }
        drop(known);
        self.asked(challenge, sent).await
    }

    /// A manager that knows the server's authority.
    async fn discovered(&self, challenge: &str) -> Result<AuthorizationManager, AuthError> {
        let http = Arc::new(Http(self.http.clone()));
        let mut manager = AuthorizationManager::new_with_oauth_http_client(self.url.as_str(), http).await?;
        let challenge = Some(challenge).filter(|text| !text.is_empty());
        let resolution = manager.resolve_metadata_from_challenge(challenge).await?;
        self.store.of_issuer(resolution.metadata.issuer.as_deref());
        manager.set_metadata(resolution.metadata);
        manager.set_credential_store(self.store.clone());
        Ok(manager)
    }

    /// The whole way: a client, a URL for the user, a code, tokens.
    async fn asked(&self, challenge: &str, sent: Option<&str>) -> Result<AuthorizationManager, AuthError> {
        let manager = self.discovered(challenge).await?;
        if sent.is_some() {
            self.store.forget().await;
        }
        let options = &self.options;
        let mut request =
            AuthorizationRequest::new(&options.redirect_url).with_client_name("native-agent-sdk");
        if let Some(url) = &options.client_metadata_url {
            request = request.with_client_metadata_url(url);
        }
        if let Some((id, secret)) = &options.client {
            request = request.with_preregistered_client(id);
            if let Some(secret) = secret {
                request = request.with_client_secret(secret);
            }
        }
        let session = AuthorizationSession::new(manager, request).await.map_err(|(_, error)| error)?;
        self.completed(session).await
    }

    async fn upgraded(
        &self,
        manager: AuthorizationManager,
        scope: &str,
    ) -> Result<AuthorizationManager, AuthError> {
        let url = manager.request_scope_upgrade(scope).await?;
        self.completed(AuthorizationSession::for_scope_upgrade(manager, url, &self.options.redirect_url))
            .await
    }

    async fn completed(&self, session: AuthorizationSession) -> Result<AuthorizationManager, AuthError> {
        let argument = json!({ "url": session.get_authorization_url(), "server": self.server });
        let returned = {
            let _asking = Asking::new(&self.asking);
            self.cx.host.call("mcpOAuth.authorize", argument).await.map_err(AuthError::AuthorizationFailed)?
        };
        let Value::String(url) = returned else {
            let text = "mcpOAuth.authorize must return the URL that the user came back with";
            return Err(AuthError::AuthorizationFailed(text.to_owned()));
        };
        if let Some(error) = refusal(&url) {
            return Err(AuthError::AuthorizationFailed(error));
        }
        session.handle_callback_url(&url).await?;
        Ok(session.auth_manager)
    }
}

/// The user is asked for as long as this lives: whoever asks may stop waiting at any time.
struct Asking<'a>(&'a AtomicBool);

impl<'a> Asking<'a> {
    fn new(asking: &'a AtomicBool) -> Self {
        asking.store(true, Ordering::Relaxed);
        Self(asking)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// What the authority said instead of giving a code.
fn refusal(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    let value =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let error = value("error")?;
    Some(match value("error_description") {
        Some(description) => format!("{error}: {description}"),
        None => error,
    })
}

/// Requests of the protocol over the client of the server, with its proxy and certificates.
struct Http(reqwest::Client);

/// Bytes of an answer at most.
const LARGEST: usize = 1024 * 1024;
/// Redirects that discovery follows, on one host.
const REDIRECTS: usize = 5;

impl OAuthHttpClient for Http {
    fn execute(&self, request: OAuthHttpRequest) -> OAuthHttpClientFuture<'_> {
        Box::pin(async move {
            use rmcp::transport::auth::OAuthHttpRedirectPolicy;
            let follow = request.redirect_policy == OAuthHttpRedirectPolicy::Follow;
            let (parts, body) = request.request.into_parts();
            let mut url = reqwest::Url::parse(&parts.uri.to_string())?;
            for _ in 0..=REDIRECTS {
                let mut sending =
                    self.0.request(parts.method.clone(), url.clone()).headers(parts.headers.clone());
                if let Some(timeout) = request.timeout {
                    sending = sending.timeout(timeout);
                }
                let sending = sending.body(body.clone());
                let again = sending.try_clone();
                let answer = match (sending.send().await, again) {
                    // A connection that was kept open may have been closed by the other side just now.
                    (Err(error), Some(again)) if error.is_request() && !error.is_timeout() => {
                        again.send().await?
                    }
                    (answer, _) => answer?,
                };
                let target = answer.headers().get("location").and_then(|value| value.to_str().ok());
                let target = target.and_then(|target| url.join(target).ok());
                match target {
                    Some(target)
                        if follow
                            && answer.status().is_redirection()
                            && parts.method == reqwest::Method::GET
                            && target.origin() == url.origin() =>
                    {
                        url = target;
                    }
                    _ => return whole(answer).await,
                }
            }
            Err("it redirects too often".into())
        })
    }
}

/// The answer with its body.
async fn whole(
    mut answer: reqwest::Response,
) -> Result<http::Response<Vec<u8>>, rmcp::transport::auth::OAuthHttpClientError> {
    let mut response = http::Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        *headers = answer.headers().clone();
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > LARGEST {
            return Err("its answer is too long".into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(response.body(body)?)
}
