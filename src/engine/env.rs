//! The environment as data: read once by the embedder, never from the process.

use std::collections::HashMap;

/// Variables that hold credentials of model providers, beside those with a prefix of [`CREDENTIAL_PREFIXES`]. The one list
/// for everything that keeps them from children and from the files of a project.
pub const CREDENTIALS: &[&str] = &[
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_AWS_API_KEY",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_FOUNDRY_API_KEY",
    "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_SECRET",
    "AZURE_PASSWORD",
    "GOOGLE_APPLICATION_CREDENTIALS",
];
/// Beginnings of names that only such variables have.
pub const CREDENTIAL_PREFIXES: &[&str] = &["AWS_", "CLAUDE_CODE_CLIENT_KEY", "CLAUDE_CODE_OAUTH_"];
/// What begins like one and says only where, not who.
const NO_CREDENTIALS: &[&str] = &["AWS_DEFAULT_REGION", "AWS_REGION"];

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
        CREDENTIALS.contains(&name)
            || CREDENTIAL_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
                && !NO_CREDENTIALS.contains(&name)
    }

    /// The environment without credentials of model providers.
    pub fn without_credentials(&self) -> Self {
        let kept = self.iter().filter(|(name, _)| !Self::is_credential(name));
        Self::new(kept.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    /// The environment with these variables in place of its own of those names.
    pub fn with(&self, more: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut all = self.0.clone();
        all.extend(more);
        Self(all)
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

#[cfg(test)]
#[path = "env_tests.rs"]
mod tests;
