//! The Messages API over HTTP.

use super::auth::{Credentials, HELPER};
use super::failure::{ApiFailure, FailureKind};
use super::key_helper::KeyHelper;
use super::sse::SseParser;
use super::stream::{HttpSource, next_chunk};
use super::{ModelClient, ModelRequest, ModelStream, endpoint, whole};
use crate::engine::clock::Clock;
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io::http::{self, HttpKey, HttpLease, HttpPools};
use futures::future::BoxFuture;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::{Response, Url};
use std::sync::Arc;
use std::time::Duration;

const VERSION: HeaderName = HeaderName::from_static("anthropic-version");
/// How much of an error answer is read.
const MAX_ERROR: usize = 64 * 1024;
/// How much of an answer that is not streamed is read.
const MAX_WHOLE: usize = 64 * 1024 * 1024;
/// How long the body of an error answer may be silent.
const ERROR_BODY_TIME: Duration = Duration::from_secs(10);
const DEFAULT_TIMEOUT_MS: u64 = 600_000;
/// Default and least: extended thinking has long pauses.
const IDLE_TIMEOUT_MS: u64 = 300_000;

/// A client of the Messages API, as one environment asks for it. Its `Debug` shows no secret.
pub struct Anthropic {
    http: Arc<HttpPools>,
    key: HttpKey,
    url: Url,
    source: Source,
    /// Of every request but the credentials.
    headers: HeaderMap,
    /// The user's own headers: they win.
    custom: HeaderMap,
    clock: Clock,
    timeout: Duration,
    idle: Duration,
}

/// Where credentials come from.
#[derive(Debug)]
enum Source {
    Env(Credentials),
    Helper(KeyHelper),
}

impl std::fmt::Debug for Anthropic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Anthropic")
            .field("origin", &self.origin())
            .field("credentials", &self.source)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl Anthropic {
    /// Reads credentials, endpoint, headers, time limits and HTTP settings from the environment. Blocks shortly when
    /// it names certificate files.
    ///
    /// # Errors
    /// Names the variable that is missing or unusable; never shows a secret.
    pub fn new(env: &Env, http: Arc<HttpPools>) -> Result<Self, EngineError> {
        Self::with_source(env, http, Source::Env(Credentials::from_env(env)?))
    }

    /// The same with credentials that a command prints.
    pub fn with_helper(env: &Env, http: Arc<HttpPools>, helper: KeyHelper) -> Result<Self, EngineError> {
        Self::with_source(env, http, Source::Helper(helper))
    }

    fn with_source(env: &Env, http: Arc<HttpPools>, source: Source) -> Result<Self, EngineError> {
        let mut url = endpoint::url(env, "/v1/messages")?;
        let has_bearer = match &source {
            Source::Env(credentials) => credentials.has_bearer(),
            Source::Helper(_) => true,
        };
        if has_bearer {
            // Both would be the Authorization header. The token was given for this API, so it is meant.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        let mut headers = HeaderMap::new();
        let agent = HeaderValue::from_str(&http::user_agent(env)?).map_err(|e| {
            EngineError::new(ErrorKind::InvalidOption, format!("CLAUDE_AGENT_SDK_CLIENT_APP: {e}"))
        })?;
        headers.insert(USER_AGENT, agent);
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(VERSION, HeaderValue::from_static("2023-06-01"));
        if let Some(betas) = endpoint::betas(env)? {
            headers.insert(endpoint::BETA, betas);
        }
        let ms = |name: &str| env.number(name).filter(|ms| *ms > 0);
        Ok(Self {
            http,
            key: HttpKey::from_env(env)?,
            url,
            source,
            headers,
            custom: endpoint::custom_headers(env)?,
            clock: Clock::real(),
            timeout: Duration::from_millis(ms("API_TIMEOUT_MS").unwrap_or(DEFAULT_TIMEOUT_MS)),
            idle: Duration::from_millis(
                ms("CLAUDE_STREAM_IDLE_TIMEOUT_MS").unwrap_or(IDLE_TIMEOUT_MS).max(IDLE_TIMEOUT_MS),
            ),
        })
    }

    /// Lets `clock` rule the time limits.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN` or `apiKeyHelper`.
    pub fn credential_source(&self) -> &'static str {
        match &self.source {
            Source::Env(credentials) => credentials.source(),
            Source::Helper(_) => HELPER,
        }
    }

    /// Sends the request; a credential of a helper that is refused is fetched anew, once (row 525).
    async fn send(&self, request: ModelRequest) -> Result<ModelStream, ApiFailure> {
        let helper = match &self.source {
            Source::Env(credentials) => return self.send_with(request, credentials).await,
            Source::Helper(helper) => helper,
        };
        let credentials = helper.credentials().await?;
        match self.send_with(request.clone(), &credentials).await {
            Err(failure) if failure.status == Some(401) => {
                helper.forget(&credentials).await;
                let fresh = helper.credentials().await?;
                self.send_with(request, &fresh).await
            }
            answer => answer,
        }
    }

    async fn send_with(
        &self,
        request: ModelRequest,
        credentials: &Credentials,
    ) -> Result<ModelStream, ApiFailure> {
        let headers = self.headers_for(&request.headers, credentials)?;
        let lease = self
            .http
            .lease(&self.key, &self.url)
            .await
            .map_err(|e| ApiFailure::new(FailureKind::Tls, e.message))?;
        let call = lease.client().post(self.url.clone()).headers(headers).body(request.body).send();
        let response = tokio::select! {
            biased;
            answer = call => answer.map_err(|e| self.unreachable(&e))?,
            () = self.clock.sleep(self.timeout) => {
                let text = format!("{} gave no answer within {} s (API_TIMEOUT_MS)", self.origin(), self.timeout.as_secs_f64());
                return Err(ApiFailure::new(FailureKind::Timeout, text));
            }
        };
        let request_id = header(&response, "request-id").map(str::to_owned);
        let limits = rate_limit_headers(&response);
        let status = response.status();
        if !status.is_success() {
            return Err(self.refusal(response, request_id, credentials).await);
        }
        let media_type = header(&response, "content-type").unwrap_or_default().to_ascii_lowercase();
        let stream = if media_type.starts_with("text/event-stream") {
            Ok(self.stream(response, lease))
        } else {
            self.whole(response).await
        };
        match stream {
            Ok(stream) => Ok(stream.with_head(request_id, limits)),
            Err(failure) => {
                let request_id = failure.request_id.clone().or(request_id);
                Err(ApiFailure { request_id, ..failure })
            }
        }
    }

    fn headers_for(
        &self,
        extra: &[(String, String)],
        credentials: &Credentials,
    ) -> Result<HeaderMap, ApiFailure> {
        let mut headers = self.headers.clone();
        credentials.apply(&mut headers);
        for (name, value) in extra {
            let invalid = || {
                ApiFailure::new(FailureKind::InvalidRequest, format!("the header {name:?} cannot be sent"))
            };
            let name = HeaderName::try_from(name).map_err(|_| invalid())?;
            let value = HeaderValue::from_str(value).map_err(|_| invalid())?;
            endpoint::add(&mut headers, name, value);
        }
        for (name, value) in &self.custom {
            endpoint::add(&mut headers, name.clone(), value.clone());
        }
        Ok(headers)
    }

    fn stream(&self, response: Response, lease: HttpLease) -> ModelStream {
        ModelStream::from_http(HttpSource {
            response,
            _lease: lease,
            clock: self.clock.clone(),
            idle: self.idle,
            parser: SseParser::default(),
            seen: false,
            stopped: false,
        })
    }

    /// An answer that is not streamed: read to its end, then taken apart.
    async fn whole(&self, mut response: Response) -> Result<ModelStream, ApiFailure> {
        let mut body = Vec::new();
        while let Some(chunk) = next_chunk(&mut response, &self.clock, self.idle).await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_WHOLE {
                return Err(ApiFailure::new(FailureKind::Garbage, "the answer is larger than 64 MB"));
            }
        }
        whole::events(&body).map(|events| ModelStream::from_events(None, events))
    }

    /// The failure that an error answer stands for.
    async fn refusal(
        &self,
        mut response: Response,
        request_id: Option<String>,
        credentials: &Credentials,
    ) -> ApiFailure {
        let retry_after = retry_after(&response, &self.clock);
        let status = response.status().as_u16();
        let mut body = Vec::new();
        // What cannot be read of the body is left out: the status is the message.
        while body.len() < MAX_ERROR
            && let Ok(Some(chunk)) = next_chunk(&mut response, &self.clock, ERROR_BODY_TIME).await
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(MAX_ERROR);
        let body = credentials.redact(String::from_utf8_lossy(&body).into_owned());
        let failure = ApiFailure::from_response(status, &body);
        ApiFailure { request_id: request_id.or(failure.request_id), retry_after, ..failure }
    }

    fn unreachable(&self, error: &reqwest::Error) -> ApiFailure {
        let kind = if http::is_tls(error) {
            FailureKind::Tls
        } else if error.is_timeout() {
            FailureKind::Timeout
        } else {
            FailureKind::Connection
        };
        ApiFailure::new(kind, format!("cannot reach {}: {}", self.origin(), http::describe(error)))
    }

    fn origin(&self) -> String {
        endpoint::origin(&self.url)
    }
}

impl ModelClient for Anthropic {
    fn open(&self, request: ModelRequest) -> BoxFuture<'_, Result<ModelStream, ApiFailure>> {
        Box::pin(self.send(request))
    }

    fn change_key_helper(&self, command: &str) {
        match &self.source {
            Source::Env(_) => {}
            Source::Helper(helper) => helper.change(command),
        }
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

fn rate_limit_headers(response: &Response) -> Vec<(String, String)> {
    let wanted =
        response.headers().iter().filter(|(name, _)| name.as_str().starts_with("anthropic-ratelimit-"));
    wanted.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect()
}

/// `retry-after-ms`, or `retry-after` in seconds or as a date.
fn retry_after(response: &Response, clock: &Clock) -> Option<Duration> {
    let number = |text: &str, unit: f64| {
        let seconds = text.trim().parse::<f64>().ok()? * unit;
        Duration::try_from_secs_f64(seconds).ok()
    };
    if let Some(wait) = header(response, "retry-after-ms").and_then(|text| number(text, 0.001)) {
        return Some(wait);
    }
    let text = header(response, RETRY_AFTER.as_str())?;
    number(text, 1.0).or_else(|| {
        let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
        let now = i64::try_from(clock.unix_ms()).ok()?;
        Some(Duration::from_millis(u64::try_from(at.as_millisecond() - now).unwrap_or(0)))
    })
}

#[cfg(test)]
#[path = "anthropic_tests.rs"]
mod tests;
