//! What the files of a project may not do, and what the option `managedSettings` may. Pure.

use super::source::Source;
use serde_json::{Map, Value};

/// Commands that print credentials: they decide who is spoken to, and with what.
const HELPERS: [&str; 6] = [
    "apiKeyHelper",
    "awsAuthRefresh",
    "awsCredentialExport",
    "gcpAuthRefresh",
    "otelHeadersHelper",
    "proxyAuthHelper",
];

/// Variables that a project's file never sets, whatever their endings.
const VARIABLES: [&str; 31] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_UNIX_SOCKET",
    "ANTHROPIC_VERTEX_PROJECT_ID",
    "ALL_PROXY",
    "CLAUDE_CODE_CERT_STORE",
    "CLAUDE_CODE_CLIENT_CERT",
    "CLAUDE_CODE_CLIENT_KEY",
    "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_SUBPROCESS_ENV_SCRUB",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CONFIG_DIR",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "GIT_SSL_NO_VERIFY",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "HOME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "IS_SANDBOX",
    "NODE_EXTRA_CA_CERTS",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
];
const ENDINGS: [&str; 2] = ["_BASE_URL", "_API_KEY"];
const STARTS: [&str; 2] = ["AWS_", "CLAUDE_CODE_SKIP_"];

/// What `trustProjectSettings: false` ignores beside the rest (decisions of the project). What narrows or turns off hooks is
/// among it: the hooks left are those of others, and they may be there to guard against the project.
const UNTRUSTED: [&str; 7] = [
    "allowedHttpHookUrls",
    "disableAllHooks",
    "enableAllProjectMcpServers",
    "env",
    "hooks",
    "httpHookAllowedEnvVars",
    "sandbox",
];
const UNTRUSTED_PERMISSIONS: [&str; 3] = ["allow", "defaultMode", "additionalDirectories"];

/// What `managedSettings` may hold: keys that only take something away (row 152).
const RESTRICTIVE: [&str; 14] = [
    "allowManagedHooksOnly",
    "allowManagedMcpServersOnly",
    "allowManagedPermissionRulesOnly",
    "allowedHttpHookUrls",
    "allowedMcpServers",
    "availableModels",
    "deniedMcpServers",
    "deniedModels",
    "disableAllHooks",
    "disableBundledSkills",
    "disableSkillShellExecution",
    "enforceAvailableModels",
    "maxEffortLevel",
    "strictKnownMarketplaces",
];
const RESTRICTIVE_PERMISSIONS: [&str; 7] = [
    "ask",
    "blockReadsOutsideWorkingDirectories",
    "blockWritesOutsideWorkingDirectories",
    "deny",
    "denyInsteadOfPrompting",
    "disableAutoMode",
    "disableBypassPermissionsMode",
];

/// How far the files of a project are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust {
    /// `trustProjectSettings`, which is true unless the host says otherwise.
    pub project: bool,
    /// Whether the local file came with the repository (row 133).
    pub local_is_supplied: bool,
}

/// Takes out of a layer what its source may not say; returns the names of what was taken, never a value.
pub fn restrict(source: Source, trust: Trust, settings: &mut Map<String, Value>) -> Vec<String> {
    let mut taken = Vec::new();
    if !source.of_project() {
        return taken;
    }
    remove(settings, &HELPERS, "", &mut taken);
    if !trust.project {
        remove(settings, &UNTRUSTED, "", &mut taken);
        if let Some(Value::Object(permissions)) = settings.get_mut("permissions") {
            remove(permissions, &UNTRUSTED_PERMISSIONS, "permissions.", &mut taken);
        }
    }
    if let Some(Value::Object(env)) = settings.get_mut("env") {
        let names: Vec<String> = env.keys().filter(|name| forbidden(name)).cloned().collect();
        for name in names {
            env.shift_remove(&name);
            taken.push(format!("env.{name}"));
        }
    }
    if let Some(Value::Object(permissions)) = settings.get_mut("permissions") {
        let own = source == Source::Local && !trust.local_is_supplied;
        let escalates = match permissions.get("defaultMode").and_then(Value::as_str) {
            Some("acceptEdits") => !own,
            Some("auto" | "bypassPermissions") => true,
            Some(_) | None => false,
        };
        if escalates {
            remove(permissions, &["defaultMode"], "permissions.", &mut taken);
        }
    }
    taken
}

/// Takes out of `managedSettings` what grants something; returns the names of what was taken.
pub fn only_restrictive(settings: &mut Map<String, Value>) -> Vec<String> {
    let mut taken = Vec::new();
    keep(settings, &RESTRICTIVE, Some("permissions"), "", &mut taken);
    if let Some(Value::Object(permissions)) = settings.get_mut("permissions") {
        keep(permissions, &RESTRICTIVE_PERMISSIONS, None, "permissions.", &mut taken);
    }
    taken
}

/// Whether a project's file may not set this variable.
fn forbidden(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    VARIABLES.contains(&name.as_str())
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || STARTS.iter().any(|start| name.starts_with(start))
}

fn remove(settings: &mut Map<String, Value>, names: &[&str], under: &str, taken: &mut Vec<String>) {
    for name in names {
        if settings.shift_remove(*name).is_some() {
            taken.push(format!("{under}{name}"));
        }
    }
}

fn keep(
    settings: &mut Map<String, Value>,
    names: &[&str],
    also: Option<&str>,
    under: &str,
    taken: &mut Vec<String>,
) {
    let others: Vec<String> = settings
        .keys()
        .filter(|key| !names.contains(&key.as_str()) && also != Some(key.as_str()))
        .cloned()
        .collect();
    for name in others {
        settings.shift_remove(&name);
        taken.push(format!("{under}{name}"));
    }
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
