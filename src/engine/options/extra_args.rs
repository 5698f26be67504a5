//! `extraArgs`: flags of the command line, read as the options that they stand for (row 587).
//!
//! A flag with a value wins over the option of the same meaning, as the last word on a command line does; lists and
//! records are added to it.

use super::read::nearest;
use crate::engine::error::{EngineError, ErrorKind, kind_of};
use crate::engine::io;
use serde_json::{Map, Value, json};
use std::path::Path;

/// What a flag asks for.
#[derive(Clone, Copy)]
enum Flag {
    /// Sets an option that is on or off.
    Switch(&'static str, bool),
    /// Sets an option to the text.
    Text(&'static str),
    /// Sets an option to a number.
    Number(&'static str),
    /// Adds words, split at commas and spaces outside parentheses.
    Words(&'static str),
    /// Adds the text itself.
    Item(&'static str),
    /// Needs a few lines of its own.
    Own(Own),
    /// Means nothing inside a process.
    NoEffect,
}

#[derive(Clone, Copy)]
enum Own {
    AppendSystemPrompt,
    AppendSystemPromptFile,
    SystemPromptFile,
    McpConfig,
    JsonSchema,
    Agents,
    PluginDir,
    TaskBudget,
    Thinking,
    SkipPermissions,
    Replay,
}

/// Every flag there is, without its dashes.
const FLAGS: &[(&str, Flag)] = &[
    ("add-dir", Flag::Item("additionalDirectories")),
    ("agent", Flag::Text("agent")),
    ("agents", Flag::Own(Own::Agents)),
    ("allow-dangerously-skip-permissions", Flag::Switch("allowDangerouslySkipPermissions", true)),
    ("allowed-tools", Flag::Words("allowedTools")),
    ("allowedTools", Flag::Words("allowedTools")),
    ("append-system-prompt", Flag::Own(Own::AppendSystemPrompt)),
    ("append-system-prompt-file", Flag::Own(Own::AppendSystemPromptFile)),
    ("betas", Flag::Words("betas")),
    ("continue", Flag::Switch("continue", true)),
    ("dangerously-skip-permissions", Flag::Own(Own::SkipPermissions)),
    ("debug", Flag::Switch("debug", true)),
    ("debug-file", Flag::Text("debugFile")),
    ("disallowed-tools", Flag::Words("disallowedTools")),
    ("disallowedTools", Flag::Words("disallowedTools")),
    ("effort", Flag::Text("effort")),
    ("fallback-model", Flag::Text("fallbackModel")),
    ("fork-session", Flag::Switch("forkSession", true)),
    ("include-hook-events", Flag::Switch("includeHookEvents", true)),
    ("include-partial-messages", Flag::Switch("includePartialMessages", true)),
    ("input-format", Flag::NoEffect),
    ("json-schema", Flag::Own(Own::JsonSchema)),
    ("max-budget-usd", Flag::Number("maxBudgetUsd")),
    ("max-thinking-tokens", Flag::Number("maxThinkingTokens")),
    ("max-turns", Flag::Number("maxTurns")),
    ("mcp-config", Flag::Own(Own::McpConfig)),
    ("model", Flag::Text("model")),
    ("no-session-persistence", Flag::Switch("persistSession", false)),
    ("output-format", Flag::NoEffect),
    ("permission-mode", Flag::Text("permissionMode")),
    ("permission-prompt-tool", Flag::Text("permissionPromptToolName")),
    ("plugin-dir", Flag::Own(Own::PluginDir)),
    ("print", Flag::NoEffect),
    ("replay-user-messages", Flag::Own(Own::Replay)),
    ("resume", Flag::Text("resume")),
    ("resume-session-at", Flag::Text("resumeSessionAt")),
    ("session-id", Flag::Text("sessionId")),
    ("setting-sources", Flag::Words("settingSources")),
    ("settings", Flag::Text("settings")),
    ("strict-mcp-config", Flag::Switch("strictMcpConfig", true)),
    ("system-prompt", Flag::Text("systemPrompt")),
    ("system-prompt-file", Flag::Own(Own::SystemPromptFile)),
    ("task-budget", Flag::Own(Own::TaskBudget)),
    ("thinking", Flag::Own(Own::Thinking)),
    ("tools", Flag::Words("tools")),
    ("verbose", Flag::NoEffect),
];

/// The options with the flags read into them.
#[derive(Debug, Default)]
pub struct Expanded {
    /// The options; `extraArgs` itself is still among them.
    pub options: Map<String, Value>,
    /// A block after the system prompt.
    pub append_system_prompt: Option<String>,
    /// Echo what the host says.
    pub replay_user_messages: bool,
    /// Texts for the host: flags that have no effect in process.
    pub notices: Vec<String>,
}

/// Reads the flags of `given`; the first that is unknown or has an unusable value is the error.
pub fn expand(given: &Map<String, Value>, cwd: &Path) -> Result<Expanded, EngineError> {
    let mut expanded = Expanded { options: given.clone(), ..Expanded::default() };
    let flags = match given.get("extraArgs") {
        None | Some(Value::Null) => return Ok(expanded),
        Some(Value::Object(flags)) => flags,
        Some(other) => {
            return Err(super::read::invalid(
                "extraArgs",
                "must be an object of flags and their values",
                other,
            ));
        }
    };
    for (name, value) in flags {
        let plain = name.trim_start_matches('-');
        let Some((_, flag)) = FLAGS.iter().find(|(known, _)| *known == plain) else {
            return Err(unknown(name));
        };
        let text = value.as_str();
        if text.is_none() && !value.is_null() {
            return Err(wrong(name, "must have a string as its value, or null", Some(&value.to_string())));
        }
        expanded.apply(name, *flag, text, cwd)?;
    }
    Ok(expanded)
}

impl Expanded {
    fn apply(&mut self, name: &str, flag: Flag, value: Option<&str>, cwd: &Path) -> Result<(), EngineError> {
        let text = || value.ok_or_else(|| wrong(name, "needs a value", None));
        match flag {
            Flag::Switch(option, on) => {
                let on = switch(name, value)? == on;
                self.set(option, on.into());
            }
            Flag::Text(option) => {
                let text = text()?;
                self.set(option, text.into());
            }
            Flag::Number(option) => {
                let number = text()?.trim().parse::<serde_json::Number>();
                let number = number.map_err(|_| wrong(name, "must be a number", value))?;
                self.set(option, Value::Number(number));
            }
            Flag::Words(option) => self.add(option, words(text()?).into_iter().map(Value::from).collect()),
            Flag::Item(option) => self.add(option, vec![text()?.into()]),
            Flag::NoEffect => self.notices.push(format!(
                "native-agent-sdk: the flag `{name}` of `extraArgs` has no effect: the engine runs inside this process."
            )),
            Flag::Own(own) => self.apply_own(name, own, value, cwd)?,
        }
        Ok(())
    }

    fn apply_own(
        &mut self,
        name: &str,
        own: Own,
        value: Option<&str>,
        cwd: &Path,
    ) -> Result<(), EngineError> {
        if let Own::Replay = own {
            self.replay_user_messages = switch(name, value)?;
            return Ok(());
        }
        if let Own::SkipPermissions = own {
            if switch(name, value)? {
                self.set("allowDangerouslySkipPermissions", true.into());
                self.set("permissionMode", "bypassPermissions".into());
            }
            return Ok(());
        }
        let text = value.ok_or_else(|| wrong(name, "needs a value", None))?;
        match own {
            Own::AppendSystemPrompt => self.append_system_prompt = Some(text.to_owned()),
            Own::AppendSystemPromptFile => self.append_system_prompt = Some(read(name, text, cwd)?),
            Own::SystemPromptFile => {
                let prompt = read(name, text, cwd)?;
                self.set("systemPrompt", prompt.into());
            }
            Own::McpConfig => {
                let config =
                    if text.trim_start().starts_with('{') { text.to_owned() } else { read(name, text, cwd)? };
                let servers = object(name, &config)?.remove("mcpServers");
                let Some(Value::Object(servers)) = servers else {
                    return Err(wrong(name, "must hold { \"mcpServers\": { ... } }", None));
                };
                self.merge("mcpServers", servers);
            }
            Own::JsonSchema => {
                let schema = object(name, text)?;
                self.set("outputFormat", json!({ "type": "json_schema", "schema": schema }));
            }
            Own::Agents => {
                let agents = object(name, text)?;
                self.merge("agents", agents);
            }
            Own::PluginDir => self.add("plugins", vec![json!({ "type": "local", "path": text })]),
            Own::TaskBudget => {
                let total: u64 =
                    text.trim().parse().map_err(|_| wrong(name, "must be a whole number", Some(text)))?;
                self.set("taskBudget", json!({ "total": total }));
            }
            Own::Thinking => self.set("thinking", json!({ "type": text })),
            Own::SkipPermissions | Own::Replay => {}
        }
        Ok(())
    }

    fn set(&mut self, option: &str, value: Value) {
        self.options.insert(option.to_owned(), value);
    }

    /// Adds to a list. What is there and is no list stays, for the reader of options to refuse.
    fn add(&mut self, option: &str, items: Vec<Value>) {
        match self.options.get_mut(option) {
            Some(Value::Array(list)) => list.extend(items),
            None | Some(Value::Null) => self.set(option, items.into()),
            // A preset of tools is replaced by names of tools.
            Some(Value::Object(_)) if option == "tools" => self.set(option, items.into()),
            Some(_) => {}
        }
    }

    fn merge(&mut self, option: &str, record: Map<String, Value>) {
        match self.options.get_mut(option) {
            Some(Value::Object(there)) => there.extend(record),
            None | Some(Value::Null) => self.set(option, record.into()),
            Some(_) => {}
        }
    }
}

fn switch(name: &str, value: Option<&str>) -> Result<bool, EngineError> {
    match value {
        None | Some("" | "true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(wrong(name, "is a switch: give it null", value)),
    }
}

/// Splits at commas and spaces outside parentheses: `Read,Bash(git add:*)` are two.
fn words(text: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let outside = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && (c == ',' || c.is_whitespace())
    };
    text.split(outside).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn object(name: &str, text: &str) -> Result<Map<String, Value>, EngineError> {
    // Not shown in the error: servers and agents may hold credentials.
    let fault = match serde_json::from_str(text) {
        Ok(Value::Object(object)) => return Ok(object),
        Ok(other) => format!("must be a JSON object, not {}", kind_of(&other)),
        Err(error) => format!("must be a JSON object ({error})"),
    };
    Err(wrong(name, &fault, None))
}

fn read(name: &str, path: &str, cwd: &Path) -> Result<String, EngineError> {
    let path = cwd.join(path);
    let bytes = io::fs::read(&path);
    bytes
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .map_err(|error| wrong(name, &format!("names a file that cannot be read ({error})"), path.to_str()))
}

fn wrong(name: &str, what: &str, value: Option<&str>) -> EngineError {
    let got =
        value.map(|text| format!("; got {}", text.chars().take(80).collect::<String>())).unwrap_or_default();
    EngineError::new(ErrorKind::InvalidOption, format!("options.extraArgs: `{name}` {what}{got}."))
}

fn unknown(name: &str) -> EngineError {
    let known = FLAGS.iter().map(|(known, _)| *known);
    let hint = nearest(name.trim_start_matches('-'), known).map_or_else(
        || "The engine reads only the flags that stand for an option.".to_owned(),
        |known| format!("Did you mean `{known}`?"),
    );
    EngineError::new(ErrorKind::UnknownOption, format!("options.extraArgs: `{name}` is no flag. {hint}"))
}

#[cfg(test)]
#[path = "extra_args_tests.rs"]
mod tests;
