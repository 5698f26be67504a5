//! Hooks of settings files that are requests (`type: "http"`): the input is posted, the answer is the output (row 177).

use super::event::HookEvent;
use super::output::{self, Answer};
use super::run::{Ran, Why};
use crate::engine::env::Env;
use crate::engine::error::EngineError;
use crate::engine::io;
use crate::engine::io::http::{self, HttpKey};
use crate::engine::session::run::Session;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;

/// How much of an answer is read.
const MOST: usize = 1024 * 1024;

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Where to.
    pub url: Url,
    /// Its headers, variables not filled in.
    pub headers: Vec<(String, String)>,
    /// The variables that may be filled in; others are empty.
    pub variables: Vec<String>,
    /// Whether credentials of model providers may be among them.
    pub credentials: bool,
}

/// What the settings say about requests of hooks: every source that says something can only narrow it.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// `allowedHttpHookUrls` of each source that has it.
    pub urls: Vec<Vec<String>>,
    /// `httpHookAllowedEnvVars` of each source that has it.
    pub variables: Vec<Vec<String>>,
}

impl Limits {
    /// Whether requests to `url` are allowed: `*` stands for any text.
    pub fn allow(&self, url: &Url) -> bool {
        let fits = |pattern: &String| crate::engine::permission::glob_text(pattern, url.as_str());
        self.urls.iter().all(|patterns| patterns.iter().any(fits))
    }

    /// Whether a header may hold the variable.
    pub fn allow_variable(&self, name: &str) -> bool {
        self.variables.iter().all(|names| names.iter().any(|allowed| allowed == name))
    }
}

impl Post {
    /// Sends it. Redirects are not followed; whatever is no answer of a hook is a failure that decides nothing.
    pub async fn run(&self, session: &Session, event: HookEvent, input: Arc<str>) -> Ran {
        match self.send(session, input).await {
            Err(text) => Ran::Failed(Why { text, stack: None }),
            Ok(body) if body.trim().is_empty() => Ran::Output(Box::default()),
            Ok(body) => {
                let value = serde_json::from_str(&body).map_err(|error| format!("it is no JSON: {error}"));
                match value.and_then(|value| output::parse(&value, event)) {
                    Ok(Answer::Output(output)) => Ran::Output(output),
                    Ok(Answer::Background) => Ran::Background,
                    Err(error) => Ran::Failed(Why {
                        text: format!("answered with what does not fit: {error}"),
                        stack: None,
                    }),
                }
            }
        }
    }

    async fn send(&self, session: &Session, input: Arc<str>) -> Result<String, String> {
        let headers = self.headers(&session.env)?;
        let env = Arc::clone(&session.env);
        // It may name files of certificates.
        let key = io::blocking(move || HttpKey::from_env(&env).map_err(std::io::Error::other)).await;
        let key = key.map_err(|error| format!("could not be sent: {error}"))?;
        let failed = |error: EngineError| format!("could not be sent: {}", error.message);
        let lease = session.http.lease(&key, &self.url).await.map_err(failed)?;
        let origin = self.url.origin().ascii_serialization();
        let request = lease.client().post(self.url.clone()).headers(headers).body(input.as_bytes().to_vec());
        let unreachable =
            |error: reqwest::Error| format!("cannot reach {origin}: {}", http::describe(&error));
        let mut response = request.send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            return Err(format!("got the status {} from {origin}", response.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST {
                return Err(format!("got an answer of more than {MOST} bytes from {origin}"));
            }
        }
        String::from_utf8(body).map_err(|_| format!("got an answer from {origin} that is no text"))
    }

    fn headers(&self, env: &Env) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in &self.headers {
            // The value is not repeated: it may be a secret.
            let fault = || format!("could not be sent: the header {name:?} is not valid");
            let key = HeaderName::try_from(name).map_err(|_| fault())?;
            let mut value = HeaderValue::try_from(self.filled(value, env)).map_err(|_| fault())?;
            value.set_sensitive(true);
            headers.insert(key, value);
        }
        Ok(headers)
    }

    /// `$NAME` and `${NAME}` replaced by the variables of the query that may be used, others by nothing.
    fn filled(&self, text: &str, env: &Env) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (name, end) = match after.strip_prefix('{') {
                Some(inner) => inner.find('}').map_or(("", 0), |close| (&inner[..close], close + 2)),
                None => {
                    let end =
                        after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                    (&after[..end], end)
                }
            };
            if end == 0 {
                out.push('$');
            } else if self.variables.iter().any(|known| known == name)
                && (self.credentials || !Env::is_credential(name))
            {
                out.push_str(env.get(name).unwrap_or_default());
            }
            rest = &after[end..];
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
#[path = "post_tests.rs"]
mod tests;
