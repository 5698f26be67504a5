//! The environment as data: read once by the embedder, never from the process.

use std::collections::HashMap;

/// Variables that hold credentials of model providers, beside those with a prefix of `CREDENTIAL_PREFIXES`.
const CREDENTIALS: &[&str] = &[
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_AWS_API_KEY",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_FOUNDRY_API_KEY",
    "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_SECRET",
    "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE",
    "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "GOOGLE_APPLICATION_CREDENTIALS",
];
const CREDENTIAL_PREFIXES: &[&str] = &["AWS_"];

/// Environment variables of one query (`options.env`, else the host's environment at the time of the call).
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Env(HashMap<String, String>);

impl Env {
    /// An environment from name and value pairs.
    pub fn new(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(vars.into_iter().collect())
    }

    /// The value of `name`; an empty value counts as unset.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// Whether `name` holds a truthy word: `1`, `true`, `yes` or `on`, in any case.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|v| ["1", "true", "yes", "on"].iter().any(|word| v.eq_ignore_ascii_case(word)))
    }

    /// `name` as a number; `None` when it is unset or not a plain number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name).and_then(|v| v.trim().parse().ok())
    }

    /// Whether a variable of that name holds a credential of a model provider.
    pub fn is_credential(name: &str) -> bool {
        CREDENTIALS.contains(&name) || CREDENTIAL_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    }

    /// Every variable, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// The user's home directory, when the environment names one.
    pub fn home(&self) -> Option<std::path::PathBuf> {
        self.get("HOME").or_else(|| self.get("USERPROFILE")).map(Into::into)
    }
}
