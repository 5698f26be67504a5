//! Prompts of servers as slash commands: `/mcp__server__prompt some words`.

use super::name;
use super::server::{Server, State};
use super::servers::Servers;
use super::tools::content;
use super::tools::output::Limits;
use super::transport::connection::{Connection, Request};
use crate::engine::env::Env;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// One command, as `supportedCommands()` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Without the slash.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its arguments: `<needed> [optional]`.
    pub hint: String,
}

/// What a command became.
pub struct Expansion {
    /// The command, without the slash.
    pub command: String,
    /// The words behind it.
    pub args: String,
    /// The server that has it.
    pub server: String,
    /// Content blocks for the model.
    pub blocks: Vec<Value>,
}

struct Found {
    server: Arc<Server>,
    connection: Arc<dyn Connection>,
    described: Value,
    command: String,
}

impl Servers {
    /// The prompts of all connected servers.
    pub fn commands(&self) -> Vec<Command> {
        let text = |value: &Value, name: &str| {
            value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let mut commands: Vec<Command> = Vec::new();
        for Found { described, command, .. } in self.found() {
            if commands.iter().any(|known| known.name == command) {
                continue;
            }
            let hint = |argument: &Argument<'_>| {
                let name = argument.name;
                if argument.required { format!("<{name}>") } else { format!("[{name}]") }
            };
            let hint = arguments(&described).iter().map(hint).collect::<Vec<_>>().join(" ");
            commands.push(Command { name: command, description: text(&described, "description"), hint });
        }
        commands
    }

    fn found(&self) -> Vec<Found> {
        let mut found = Vec::new();
        for server in self.all() {
            let State::Connected(connected) = server.state() else { continue };
            for described in connected.prompts.iter() {
                let Some(prompt) = described.get("name").and_then(Value::as_str) else { continue };
                found.push(Found {
                    command: name::full(&name::normalise(&server.config.key), &name::normalise(prompt)),
                    server: Arc::clone(&server),
                    connection: Arc::clone(&connected.connection),
                    described: described.clone(),
                });
            }
        }
        found
    }

    /// What `text` becomes if it begins with a command of ours; the error is for the user.
    pub async fn expand(
        &self,
        text: &str,
        (env, session): (&Env, &str),
    ) -> Option<Result<Expansion, String>> {
        let line = text.trim_start().strip_prefix('/')?;
        let end = line.find(char::is_whitespace).unwrap_or(line.len());
        let (wanted, args) = (&line[..end], line[end..].trim());
        if !wanted.starts_with("mcp__") {
            return None;
        }
        let found = self.found().into_iter().find(|found| found.command == wanted)?;
        let key = found.server.config.key.clone();
        let params = match given(&found.described, args) {
            Ok(params) => params,
            Err(missing) => return Some(Err(format!("/{wanted} needs {missing}."))),
        };
        let request = Request { method: "prompts/get", params, progress: None };
        let result = match found.connection.request(request).await {
            Ok(result) => result,
            Err(failure) => {
                found.server.lost(&failure, &found.connection);
                let text = failure.text();
                return Some(Err(format!(
                    "The MCP server {key} did not give the prompt of /{wanted}: {text}"
                )));
            }
        };
        let blocks = blocks(&result, &Limits::new(env, &Value::Null, session)).await;
        if blocks.is_empty() {
            return Some(Err(format!("The MCP server {key} gave an empty prompt for /{wanted}.")));
        }
        Some(Ok(Expansion { command: wanted.to_owned(), args: args.to_owned(), server: key, blocks }))
    }
}

struct Argument<'a> {
    name: &'a str,
    required: bool,
}

fn arguments(described: &Value) -> Vec<Argument<'_>> {
    let list = described.get("arguments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter()
        .filter_map(|value| {
            let required = value.get("required").and_then(Value::as_bool).unwrap_or(false);
            Some(Argument { name: value.get("name")?.as_str()?, required })
        })
        .collect()
}

/// The parameters of `prompts/get`: words by place, and all that are left for the last one. The error names what is
/// missing.
fn given(described: &Value, args: &str) -> Result<Value, String> {
    let wanted = arguments(described);
    let mut words = words(args);
    if words.len() > wanted.len() && !wanted.is_empty() {
        let rest = words.split_off(wanted.len() - 1).join(" ");
        words.push(rest);
    }
    let missing: Vec<&str> = wanted
        .iter()
        .skip(words.len())
        .filter(|argument| argument.required)
        .map(|argument| argument.name)
        .collect();
    if !missing.is_empty() {
        let what = if missing.len() == 1 { "the argument" } else { "the arguments" };
        return Err(format!("{what} {}", missing.join(", ")));
    }
    let named = wanted.iter().zip(words).map(|(argument, word)| (argument.name.to_owned(), word.into()));
    let arguments: Map<String, Value> = named.collect();
    let mut params = json!({ "name": described["name"] });
    if !arguments.is_empty() {
        params["arguments"] = Value::Object(arguments);
    }
    Ok(params)
}

/// The words of a line; double quotes keep several together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                any = true;
            }
            c if c.is_whitespace() && !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    words
}

/// The messages of a prompt as blocks of one user message; what the assistant says in them is marked.
async fn blocks(result: &Value, limits: &Limits) -> Vec<Value> {
    let messages = result.get("messages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut blocks = Vec::new();
    for message in messages {
        let content = message.get("content").cloned().unwrap_or_default();
        let list = if content.is_array() { content } else { json!([content]) };
        let Ok(parts) = content::parts(&json!({ "content": list })) else { continue };
        let assistant = message.get("role").and_then(Value::as_str) == Some("assistant");
        if assistant && !parts.is_empty() {
            blocks.push(json!({ "type": "text", "text": "You have said before:" }));
        }
        for part in parts {
            blocks.push(limits.block(part).await);
        }
    }
    blocks
}

#[cfg(test)]
#[path = "prompts_tests.rs"]
mod tests;
