//! The documented keys of settings, and which of them this version honours. `docs/settings.md` shows the table.

use serde_json::{Map, Value};

/// Keys that do what they say.
pub const HONOURED: &[&str] = &[
    "allowedHttpHookUrls",
    "allowedMcpServers",
    "allowManagedHooksOnly",
    "allowManagedMcpServersOnly",
    "allowManagedPermissionRulesOnly",
    "alwaysThinkingEnabled",
    "apiKeyHelper",
    "deniedMcpServers",
    "disableAllHooks",
    "disabledMcpjsonServers",
    "effortLevel",
    "env",
    "hooks",
    "httpHookAllowedEnvVars",
    "maxEffortLevel",
    "model",
    "parentSettingsBehavior",
    "permissions.additionalDirectories",
    "permissions.allow",
    "permissions.ask",
    "permissions.blockReadsExemptPaths",
    "permissions.blockReadsOutsideWorkingDirectories",
    "permissions.blockWritesOutsideWorkingDirectories",
    "permissions.defaultMode",
    "permissions.deny",
    "permissions.denyInsteadOfPrompting",
    "permissions.disableAutoMode",
    "permissions.disableBypassPermissionsMode",
];

/// Documented keys whose part is not built yet. They are kept, `resolveSettings()` returns them, and a message says
/// that they have no effect.
pub const WAITING: &[&str] = &[
    "agent",
    "attribution",
    "autoCompactEnabled",
    "autoCompactWindow",
    "autoMemoryDirectory",
    "autoMemoryEnabled",
    "autoMode",
    "availableModels",
    "availableModelsMatch",
    "awsAuthRefresh",
    "awsCredentialExport",
    "bashOutputMaxChars",
    "claudeMd",
    "claudeMdExcludes",
    "cleanupPeriodDays",
    "deniedModels",
    "disableBundledSkills",
    "disableSkillShellExecution",
    "enableAllProjectMcpServers",
    "enabledMcpjsonServers",
    "enabledPlugins",
    "enforceAvailableModels",
    "extraKnownMarketplaces",
    "fallbackModel",
    "fileCheckpointingEnabled",
    "gcpAuthRefresh",
    "includeCoAuthoredBy",
    "includeGitInstructions",
    "language",
    "managedMcpServers",
    "managedSourcesBehavior",
    "modelOverrides",
    "modelPricing",
    "modelSettings",
    "otelHeadersHelper",
    "outputStyle",
    "permissions.workingDirectoriesAsGiven",
    "permissions.workingDirectoriesExclude",
    "plansDirectory",
    "pluginConfigs",
    "promptCacheTtl",
    "proxyAuthHelper",
    "respectGitignore",
    "sandbox",
    "skillListingBudgetFraction",
    "skillListingMaxDescChars",
    "skillOverrides",
    "skipWebFetchPreflight",
    "strictKnownMarketplaces",
    "subagentPromptCacheTtl",
    "useAutoModeDuringPlan",
    "worktree",
];

/// Those of them that somebody set to be protected: each is a warning in the stream.
pub const GUARDS: &[&str] = &[
    "availableModels",
    "deniedModels",
    "disableSkillShellExecution",
    "enforceAvailableModels",
    "sandbox",
    "strictKnownMarketplaces",
];

/// The keys of `settings` that have no effect yet.
pub fn waiting(settings: &Map<String, Value>) -> Vec<&'static str> {
    let is_set = |key: &str| match key.split_once('.') {
        Some((first, second)) => settings.get(first).and_then(|value| value.get(second)).is_some(),
        None => settings.contains_key(key),
    };
    WAITING.iter().copied().filter(|key| is_set(key)).collect()
}
