//! The options of one query: every documented name, read and checked in this one place.
//!
//! A name is honoured, has no effect in process (and says so), or is refused with a typed error: nothing is
//! accepted and dropped.

mod combine;
pub mod executors;
mod extra_args;
mod hooks;
mod mcp_oauth;
pub mod modes;
mod read;
mod tool_config;

pub use tool_config::{PreviewFormat, ToolConfig};

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::hook::table::HookTable;
use crate::engine::mcp::auth::oauth::OAuthOptions;
use crate::engine::mcp::config::policy::ServerPolicy;
use crate::engine::mcp::{ServerConfig, allow_by_policy, parse_servers};
use crate::engine::permission::{PermissionMode, RuleSet};
use crate::engine::settings::load::{Flag, Request as SettingsRequest};
use crate::engine::settings::source::Source;
use executors::Executors;
use read::Reader;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What the embedder starts a query with.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueryConfig {
    /// The embedder's number for this query; it comes back in host requests.
    pub id: u32,
    /// The prompt.
    pub prompt: Prompt,
    /// `options` of the call; functions arrive as `{"$function": true}`.
    pub options: Map<String, Value>,
    /// `options.env`, else the host's environment.
    pub env: Env,
    /// Whether `env` was given, and so stands against the `env` of settings files.
    #[serde(default)]
    pub env_given: bool,
    /// `options.cwd`, else the host's working directory.
    pub cwd: PathBuf,
    /// The host's working directory: only there is `.env` looked for (row 590).
    pub host_cwd: PathBuf,
}

/// What `resolveSettings()` is asked.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettingsQuestion {
    /// The options about settings.
    pub options: Map<String, Value>,
    /// `options.env`, else the host's environment.
    pub env: Env,
    /// `options.cwd`, else the host's working directory.
    pub cwd: PathBuf,
}

/// A prompt.
#[derive(Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Prompt {
    /// One text: the query ends after its turn.
    Text {
        /// The text.
        text: String,
    },
    /// Messages are pushed until the input is ended.
    Stream,
}

/// How the model thinks; `display` travels to the API as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thinking {
    /// The model decides.
    Adaptive {
        /// `summarized` or `omitted`.
        display: Option<String>,
    },
    /// A fixed budget; `None` means the model's default budget.
    Enabled {
        /// Tokens, at least 1024.
        budget: Option<u64>,
        /// `summarized` or `omitted`.
        display: Option<String>,
    },
    /// A number from the deprecated option or method: a budget, or "adaptive" on models that choose their own (row 49).
    Legacy {
        /// Tokens.
        tokens: u64,
        /// `summarized` or `omitted`.
        display: Option<String>,
    },
    /// Not at all.
    Disabled,
}

/// What the model is told about its role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SystemPrompt {
    /// Our own short prompt.
    #[default]
    Minimal,
    /// The host's own blocks.
    Custom(Vec<String>),
    /// Our full prompt for coding work, and a text after it.
    Preset {
        /// Appended as a block of its own.
        append: Option<String>,
    },
}

/// Which built-in tools the model is offered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ToolChoice {
    /// All of them.
    #[default]
    All,
    /// Only these.
    Only(Vec<String>),
}

/// The checked options of one query.
#[derive(Debug, Clone)]
pub struct Options {
    /// Directories beside the working directory, absolute.
    pub additional_directories: Vec<PathBuf>,
    /// Whether `bypassPermissions` may be chosen, now or later.
    pub may_bypass: bool,
    /// Rules of `allowedTools` and `disallowedTools`.
    pub rules: Arc<RuleSet>,
    /// Bare names of `disallowedTools`: not shown to the model.
    pub hidden_tools: Vec<String>,
    /// A block after the system prompt, from `extraArgs`.
    pub append_system_prompt: Option<String>,
    /// Beta headers.
    pub betas: Vec<String>,
    /// Whether the host has a `canUseTool` callback.
    pub can_use_tool: bool,
    /// Effort level, when given.
    pub effort: Option<String>,
    /// Whether the host has an `onElicitation` callback.
    pub elicitation: bool,
    /// Callbacks of the host at events of the run.
    pub hooks: Arc<HookTable>,
    /// Whether messages tell of each run of a hook.
    pub hook_events: bool,
    /// Whether stream events are wanted.
    pub partial_messages: bool,
    /// MCP servers, in the order given.
    pub mcp_servers: Vec<ServerConfig>,
    /// No MCP server is read from a file.
    pub strict_mcp: bool,
    /// Which MCP servers settings let be used.
    pub mcp_policy: ServerPolicy,
    /// How MCP servers behind HTTP are authorised.
    pub mcp_oauth: Option<Arc<OAuthOptions>>,
    /// Rounds of tool calls at most.
    pub max_turns: Option<u32>,
    /// Alias or id, when given.
    pub model: Option<String>,
    /// The permission mode to start with.
    pub mode: PermissionMode,
    /// Whether `mode` was given, so that no settings change it.
    pub mode_given: bool,
    /// `permissionPrompts: 'none'`: what would ask is refused.
    pub never_ask: bool,
    /// Echo what the host says as messages of its own, from `extraArgs` (row 548).
    pub replay_user_messages: bool,
    /// The MCP tool that is asked for permission instead of the host.
    pub prompt_tool: Option<String>,
    /// Names that the model may call, and the tools that answer to them.
    pub tool_aliases: HashMap<String, String>,
    /// Whether the environment asks for the task tools instead of TodoWrite.
    pub task_tools: bool,
    /// Settings of single tools.
    pub tool_config: Arc<ToolConfig>,
    /// Where built-in tools act.
    pub executors: Executors,
    /// Instead of our words on how to plan, in plan mode (row 294).
    pub plan_mode_instructions: Option<Arc<str>>,
    /// The session's id, when given.
    pub session_id: Option<String>,
    /// Effort at most, from settings.
    pub effort_ceiling: Option<String>,
    /// The settings that forbid `bypassPermissions`, for people.
    pub bypass_disabled_by: Option<String>,
    /// Which settings forbid `auto`, if any do.
    pub auto_disabled_by: Option<String>,
    /// Which settings to load.
    pub settings: SettingsRequest,
    /// How many of the additional directories are the option's; the others are of settings.
    pub directories_given: usize,
    /// The system prompt.
    pub system_prompt: SystemPrompt,
    /// Thinking, when given.
    pub thinking: Option<Thinking>,
    /// Built-in tools to offer.
    pub tools: ToolChoice,
    /// No slash commands and no mentions in prompts.
    pub verbatim_prompts: bool,
    /// Texts for the host's `stderr` callback: options that have no effect in process.
    pub notices: Vec<String>,
}

impl Options {
    /// Checks every name and value; the first fault is the error.
    pub fn parse(given: &Map<String, Value>, cwd: &std::path::Path) -> Result<Self, EngineError> {
        let flags = extra_args::expand(given, cwd)?;
        combine::check(&flags.options)?;
        let mut r = Reader::new(&flags.options);
        r.take("extraArgs");
        let allowed = r.strings("allowedTools")?.unwrap_or_default();
        let disallowed = r.strings("disallowedTools")?.unwrap_or_default();
        let mut rules = RuleSet::from_options(&allowed, &disallowed).map_err(|error| {
            EngineError::new(
                ErrorKind::InvalidRule,
                format!(
                    "{}: {:?} is no permission rule: {}",
                    list_of(&allowed, &error.rule),
                    error.rule,
                    error.reason
                ),
            )
        })?;
        let mcp_servers = mcp_servers(&mut r)?;
        allow_by_policy(&mcp_servers, &mut rules);
        let warnings = rules.warnings();
        let mut options = Self {
            additional_directories: directories(&mut r, cwd)?,
            may_bypass: r.bool("allowDangerouslySkipPermissions")?.unwrap_or(false),
            rules: Arc::new(rules),
            hidden_tools: disallowed.iter().filter(|rule| !rule.contains('(')).cloned().collect(),
            append_system_prompt: flags.append_system_prompt,
            betas: r.strings("betas")?.unwrap_or_default(),
            can_use_tool: r.function("canUseTool")?,
            effort: r.one_of("effort", &["low", "medium", "high", "xhigh", "max"])?,
            elicitation: r.function("onElicitation")?,
            hooks: Arc::new(hooks::read(r.take("hooks"))?),
            hook_events: r.bool("includeHookEvents")?.unwrap_or(false),
            partial_messages: r.bool("includePartialMessages")?.unwrap_or(false),
            mcp_servers,
            strict_mcp: r.bool("strictMcpConfig")?.unwrap_or(false),
            mcp_policy: ServerPolicy::default(),
            mcp_oauth: mcp_oauth::read(r.take("mcpOAuth"))?.map(Arc::new),
            max_turns: r.positive("maxTurns")?,
            model: r.string("model")?,
            mode: mode(&mut r)?,
            mode_given: flags.options.get("permissionMode").is_some_and(|given| !given.is_null()),
            never_ask: r.one_of("permissionPrompts", &["host", "none"])?.as_deref() == Some("none"),
            replay_user_messages: flags.replay_user_messages,
            prompt_tool: r.string("permissionPromptToolName")?,
            tool_aliases: tool_aliases(r.take("toolAliases"))?,
            task_tools: false,
            tool_config: Arc::new(ToolConfig::read(r.take("toolConfig"))?),
            executors: Executors::read(r.take("executors"))?,
            plan_mode_instructions: r.string("planModeInstructions")?.map(Into::into),
            session_id: session_id(&mut r)?,
            effort_ceiling: None,
            bypass_disabled_by: None,
            auto_disabled_by: None,
            settings: settings(&mut r, cwd)?,
            directories_given: 0,
            system_prompt: system_prompt(&mut r)?,
            thinking: thinking(&mut r)?,
            tools: tools(&mut r)?,
            verbatim_prompts: r.bool("verbatimPrompts")?.unwrap_or(false),
            notices: [r.without_effect()?, warnings].concat(),
        };
        options.notices.extend(flags.notices);
        if options.prompt_tool.is_some() && options.can_use_tool {
            let text = "options.permissionPromptToolName and options.canUseTool answer the same question: give one of them.";
            return Err(EngineError::new(ErrorKind::InvalidOption, text));
        }
        r.accept_in_javascript()?;
        r.finish()?;
        Ok(options)
    }
}

fn list_of(allowed: &[String], rule: &str) -> &'static str {
    if allowed.iter().any(|given| given == rule) { "allowedTools" } else { "disallowedTools" }
}

fn directories(r: &mut Reader<'_>, cwd: &std::path::Path) -> Result<Vec<PathBuf>, EngineError> {
    Ok(r.strings("additionalDirectories")?.unwrap_or_default().iter().map(|dir| cwd.join(dir)).collect())
}

fn mcp_servers(r: &mut Reader<'_>) -> Result<Vec<ServerConfig>, EngineError> {
    r.take("mcpServers").map_or_else(|| Ok(Vec::new()), |value| parse_servers(value, "options.mcpServers"))
}

fn mode(r: &mut Reader<'_>) -> Result<PermissionMode, EngineError> {
    let Some(value) = r.take("permissionMode") else { return Ok(PermissionMode::Default) };
    let mode: PermissionMode = serde_json::from_value(value.clone()).map_err(|_| {
        read::invalid(
            "permissionMode",
            "must be one of default, acceptEdits, bypassPermissions, plan, dontAsk, auto",
            value,
        )
    })?;
    Ok(mode)
}

fn session_id(r: &mut Reader<'_>) -> Result<Option<String>, EngineError> {
    let Some(id) = r.string("sessionId")? else { return Ok(None) };
    match uuid::Uuid::try_parse(&id) {
        Ok(uuid) => Ok(Some(uuid.hyphenated().to_string())),
        Err(_) => Err(read::invalid("sessionId", "must be a UUID", &Value::String(id))),
    }
}

impl SettingsRequest {
    /// The request of `resolveSettings()`, whose options are those about settings alone.
    pub fn from_options(given: &Map<String, Value>, cwd: &std::path::Path) -> Result<Self, EngineError> {
        if given.get("serverManagedSettings").is_some_and(|settings| !settings.is_null()) {
            return Err(read::unsupported("serverManagedSettings"));
        }
        let mut r = Reader::new(given);
        let request = settings(&mut r, cwd)?;
        r.finish()?;
        Ok(request)
    }
}

fn settings(r: &mut Reader<'_>, cwd: &std::path::Path) -> Result<SettingsRequest, EngineError> {
    let flag = match r.take("settings") {
        None => None,
        Some(Value::Object(settings)) => Some(Flag::Inline(settings.clone())),
        Some(Value::String(text)) if text.trim_start().starts_with('{') => match serde_json::from_str(text) {
            Ok(Value::Object(settings)) => Some(Flag::Inline(settings)),
            Ok(_) | Err(_) => {
                let text = "options.settings looks like JSON but is none. Give an object, its JSON, or the path of a file.";
                return Err(EngineError::new(ErrorKind::InvalidOption, text));
            }
        },
        Some(Value::String(path)) if !path.trim().is_empty() => Some(Flag::File(cwd.join(path))),
        Some(_) => {
            let text = "options.settings must be an object, its JSON, or the path of a file.";
            return Err(EngineError::new(ErrorKind::InvalidOption, text));
        }
    };
    let managed = match r.take("managedSettings") {
        None => None,
        Some(Value::Object(settings)) => Some(settings.clone()),
        Some(_) => {
            let text = "options.managedSettings must be an object of settings.";
            return Err(EngineError::new(ErrorKind::InvalidOption, text));
        }
    };
    let mut sources = Vec::new();
    for name in r.strings("settingSources")?.unwrap_or_default() {
        sources.push(match name.as_str() {
            "user" => Source::User,
            "project" => Source::Project,
            "local" => Source::Local,
            _ => {
                let value = Value::String(name);
                return Err(read::invalid(
                    "settingSources",
                    "may hold 'user', 'project' and 'local'",
                    &value,
                ));
            }
        });
    }
    Ok(SettingsRequest {
        sources,
        flag,
        managed: managed.filter(|settings| !settings.is_empty()),
        trust_project: r.bool("trustProjectSettings")?.unwrap_or(true),
        project_root: r.string("projectConfigRoot")?.map(|root| cwd.join(root)),
    })
}

const PROMPT_SHAPES: &str = "must be a string, an array of strings, { type: 'preset', preset: 'claude_code', append? } \
                             or { type: 'custom', prompt }";

fn system_prompt(r: &mut Reader<'_>) -> Result<SystemPrompt, EngineError> {
    let Some(value) = r.take("systemPrompt") else { return Ok(SystemPrompt::Minimal) };
    let wrong = || read::invalid("systemPrompt", PROMPT_SHAPES, value);
    if let Some(blocks) = prompt_blocks(value) {
        return Ok(SystemPrompt::Custom(blocks));
    }
    let object = value.as_object().ok_or_else(wrong)?;
    if let Some(name) = ["excludeDynamicSections", "snapshot"].iter().find(|name| truthy(object.get(**name)))
    {
        return Err(read::unsupported(&format!("systemPrompt.{name}")));
    }
    match object.get("type").and_then(Value::as_str) {
        Some("preset") if object.get("preset").and_then(Value::as_str) == Some("claude_code") => {
            match object.get("append") {
                None | Some(Value::Null) => Ok(SystemPrompt::Preset { append: None }),
                Some(Value::String(text)) => Ok(SystemPrompt::Preset { append: Some(text.clone()) }),
                Some(_) => Err(wrong()),
            }
        }
        Some("custom") => {
            object.get("prompt").and_then(prompt_blocks).map(SystemPrompt::Custom).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn truthy(value: Option<&Value>) -> bool {
    value.is_some_and(|v| v.as_bool() == Some(true))
}

/// The text that splits a prompt of several blocks for caching; it is never sent.
pub const SYSTEM_PROMPT_DYNAMIC_BOUNDARY: &str = "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__";

fn prompt_blocks(value: &Value) -> Option<Vec<String>> {
    if let Some(text) = value.as_str() {
        return Some(vec![text.to_owned()]);
    }
    value.as_array()?.iter().map(|block| block.as_str().map(str::to_owned)).collect()
}

fn thinking(r: &mut Reader<'_>) -> Result<Option<Thinking>, EngineError> {
    let legacy = r.non_negative("maxThinkingTokens")?;
    let Some(value) = r.take("thinking") else {
        return Ok(legacy.map(|budget| match budget {
            0 => Thinking::Disabled,
            tokens => Thinking::Legacy { tokens, display: None },
        }));
    };
    let shapes = "must be { type: 'adaptive' }, { type: 'enabled', budgetTokens? } or { type: 'disabled' }";
    let wrong = || read::invalid("thinking", shapes, value);
    let object = value.as_object().ok_or_else(wrong)?;
    let display = match object.get("display") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if ["summarized", "omitted"].contains(&text.as_str()) => Some(text.clone()),
        Some(other) => {
            return Err(read::invalid("thinking.display", "must be 'summarized' or 'omitted'", other));
        }
    };
    let budget = match object.get("budgetTokens") {
        None | Some(Value::Null) => None,
        Some(tokens) => match tokens.as_u64() {
            Some(tokens) if tokens >= 1024 => Some(tokens),
            _ => {
                return Err(read::invalid(
                    "thinking.budgetTokens",
                    "must be a whole number of at least 1024",
                    tokens,
                ));
            }
        },
    };
    match object.get("type").and_then(Value::as_str) {
        Some("adaptive") => Ok(Some(Thinking::Adaptive { display })),
        Some("enabled") => Ok(Some(Thinking::Enabled { budget, display })),
        Some("disabled") => Ok(Some(Thinking::Disabled)),
        _ => Err(wrong()),
    }
}

fn tool_aliases(given: Option<&Value>) -> Result<HashMap<String, String>, EngineError> {
    let Some(value) = given else { return Ok(HashMap::new()) };
    let name = |value: &Value| value.as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    let pairs = value.as_object().map(|object| {
        object.iter().map(|(from, to)| Some((from.clone(), name(to)?))).collect::<Option<HashMap<_, _>>>()
    });
    pairs.flatten().ok_or_else(|| read::invalid("toolAliases", "must be an object of tool names", value))
}

fn tools(r: &mut Reader<'_>) -> Result<ToolChoice, EngineError> {
    let Some(value) = r.take("tools") else { return Ok(ToolChoice::All) };
    let preset = value.as_object().is_some_and(|object| {
        object.get("type").and_then(Value::as_str) == Some("preset")
            && object.get("preset").and_then(Value::as_str) == Some("claude_code")
    });
    if preset {
        return Ok(ToolChoice::All);
    }
    value
        .as_array()
        .and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect())
        .map(ToolChoice::Only)
        .ok_or_else(|| {
            read::invalid(
                "tools",
                "must be an array of tool names or { type: 'preset', preset: 'claude_code' }",
                value,
            )
        })
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
