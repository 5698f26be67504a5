//! Where tokens of servers are kept: in memory, or with the host, by the server's URL and the issuer.

use crate::engine::host::Host;
use async_trait::async_trait;
use rmcp::transport::auth::{AuthError, CredentialStore, StoredCredentials};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The tokens of one server.
#[derive(Clone)]
pub struct TokenStore {
    host: Option<Arc<dyn Host>>,
    server: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    issuer: String,
    by_key: HashMap<String, StoredCredentials>,
}

impl TokenStore {
    /// With the host, if it keeps them.
    pub fn new(host: Option<Arc<dyn Host>>, server: String) -> Self {
        Self { host, server, state: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on those of this issuer.
    pub fn of_issuer(&self, issuer: Option<&str>) {
        self.lock().issuer = issuer.unwrap_or_default().to_owned();
    }

    fn key(&self) -> String {
        format!("{} {}", self.server, self.lock().issuer)
    }

    /// Throws away what does not count any more.
    pub async fn forget(&self) {
        // What cannot be removed will be refused once more: no reason to stop.
        let _ = self.clear().await;
    }

    async fn ask(&self, operation: &str, value: Option<String>) -> Result<Option<String>, AuthError> {
        let Some(host) = &self.host else { return Ok(None) };
        let argument = json!({ "operation": operation, "key": self.key(), "value": value });
        let failed = |why: String| AuthError::InternalError(format!("mcpOAuth.store.{operation}: {why}"));
        let answer = host.call("mcpOAuth.store", argument).await.map_err(failed)?;
        Ok(answer.as_str().map(str::to_owned))
    }
}

#[async_trait]
impl CredentialStore for TokenStore {
    async fn load(&self) -> Result<Option<StoredCredentials>, AuthError> {
        let key = self.key();
        let known = self.lock().by_key.get(&key).cloned();
        if known.is_some() || self.host.is_none() {
            return Ok(known);
        }
        let text = self.ask("load", None).await?;
        // What is no longer understood is as good as lost.
        let kept: Option<StoredCredentials> = text.and_then(|text| serde_json::from_str(&text).ok());
        if let Some(kept) = &kept {
            self.lock().by_key.insert(key, kept.clone());
        }
        Ok(kept)
    }

    async fn save(&self, credentials: StoredCredentials) -> Result<(), AuthError> {
        let key = self.key();
        let text = serde_json::to_string(&credentials);
        self.lock().by_key.insert(key, credentials);
        let text = text.map_err(|error| AuthError::InternalError(error.to_string()))?;
        self.ask("save", Some(text)).await.map(|_| ())
    }

    async fn clear(&self) -> Result<(), AuthError> {
        let key = self.key();
        self.lock().by_key.remove(&key);
        self.ask("delete", None).await.map(|_| ())
    }
}
