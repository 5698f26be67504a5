//! `hooks` of a settings file, read into the table.

use super::command::Command;
use super::condition::Condition;
use super::event::HookEvent;
use super::inspector::Inspector;
use super::matcher::Matcher;
use super::post::{Limits, Post};
use super::question::Question;
use super::server_call::ServerCall;
use super::table::{Handler, Hook, HookTable, OnFailure};
use crate::engine::permission::{PermissionBehavior, Rule};
use crate::engine::settings::source::Source;
use reqwest::Url;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// The settings that hooks stand in.
#[derive(Debug)]
pub struct Origin<'a> {
    /// Which.
    pub source: Source,
    /// What all settings say about requests of hooks.
    pub limits: &'a Limits,
}

/// Adds the hooks of one source of settings behind those of `table`; one that is there already runs once (row 163).
/// Returns what could not be used as it stands: a matcher that is no expression matches everything, a condition that is
/// no rule always holds, a misspelt `onFailure` blocks, other members of a wrong type are dropped, and a handler that
/// cannot be read is left out.
pub fn from_settings(table: &mut HookTable, hooks: &Value, from: &Origin<'_>) -> Vec<String> {
    let source = from.source.as_str();
    let mut warnings = Vec::new();
    let Some(events) = hooks.as_object() else {
        return vec![format!("hooks of the {source} settings are not an object: they are ignored.")];
    };
    for (name, matchers) in events {
        let path = format!("hooks.{name} of the {source} settings");
        let Some(event) = HookEvent::parse(name) else {
            warnings.push(format!("{path}: there is no such event."));
            continue;
        };
        let Some(matchers) = matchers.as_array() else {
            warnings.push(format!("{path} is not an array: it is ignored."));
            continue;
        };
        for (at, matcher) in matchers.iter().enumerate() {
            add(table, event, matcher, &format!("{path}[{at}]"), from, &mut warnings);
        }
    }
    warnings
}

fn add(
    table: &mut HookTable,
    event: HookEvent,
    value: &Value,
    path: &str,
    from: &Origin<'_>,
    warnings: &mut Vec<String>,
) {
    let given = value.get("matcher").filter(|matcher| !matcher.is_null());
    let pattern = given.and_then(Value::as_str);
    if given.is_some() && pattern.is_none() {
        warnings.push(format!("{path}: the matcher is no text: it matches everything."));
    }
    let matcher = Matcher::compile(pattern, event).unwrap_or_else(|error| {
        let pattern = pattern.unwrap_or_default();
        warnings.push(format!(
            "{path}: the matcher {pattern:?} is no valid expression ({error}): it matches everything."
        ));
        Matcher::All
    });
    let Some(handlers) = value.get("hooks").and_then(Value::as_array) else {
        warnings.push(format!("{path} has no array `hooks`: it is ignored."));
        return;
    };
    for (at, value) in handlers.iter().enumerate() {
        let origin = format!("{path}.hooks[{at}]");
        let condition = condition(value, from.source).unwrap_or_else(|why| {
            warnings.push(format!("{origin}: `if` {why}: it runs for every match."));
            None
        });
        match read(value, event, from) {
            Ok((handler, timeout, on_failure)) => {
                warnings.extend(unusable(value).map(|what| format!("{origin}: {what}.")));
                let there = |hook: &Hook| {
                    hook.matcher == matcher && hook.condition == condition && hook.handler == handler
                };
                if !table.of(event).iter().any(there) {
                    let matcher = matcher.clone();
                    table.add(event, Hook { origin, matcher, condition, timeout, on_failure, handler });
                }
            }
            Err(why) => warnings.push(format!("{origin} is not run: {why}")),
        }
    }
}

fn condition(value: &Value, source: Source) -> Result<Option<Arc<Condition>>, String> {
    let Some(rule) = value.get("if").filter(|rule| !rule.is_null()) else { return Ok(None) };
    let rule = rule.as_str().ok_or("is no rule")?;
    let rule = Rule::parse(rule)
        .and_then(|rule| rule.check_behavior(PermissionBehavior::Ask).map(|()| rule))
        .map_err(|error| format!("{rule:?} is no rule ({})", error.reason))?;
    Ok(Some(Arc::new(Condition { rule, source: source.destination() })))
}

type Read = (Handler, Option<Duration>, Option<OnFailure>);

fn read(value: &Value, event: HookEvent, from: &Origin<'_>) -> Result<Read, String> {
    let object = value.as_object().ok_or("it is not an object")?;
    let kind = object.get("type").and_then(Value::as_str).ok_or("it has no `type`.")?;
    let handler = match kind {
        "command" => Handler::Command(Arc::new(command(object)?)),
        "http" => Handler::Http(Arc::new(post(object, from)?)),
        "prompt" => Handler::Prompt(Arc::new(question(object)?)),
        "agent" => Handler::Agent(Arc::new(Inspector(question(object)?))),
        "mcp_tool" => Handler::ServerTool(Arc::new(server_call(object)?)),
        other => {
            return Err(format!(
                "{other:?} is no type of hook; there are \"command\", \"http\", \"mcp_tool\", \"prompt\" and \"agent\"."
            ));
        }
    };
    if !event.takes(handler.kind()) {
        return Err(format!("{} takes no hooks of type {kind:?}.", event.name()));
    }
    if object.contains_key("if") && !event.about_tool() {
        return Err("`if` is for tool events only.".to_owned());
    }
    let on_failure = given(object, "onFailure").map(|word| match word.as_str() {
        Some("continue") => OnFailure::Continue,
        // Who writes it and misspells it meant to change what is so anyway, which is to go on.
        Some(_) | None => OnFailure::Block,
    });
    Ok((handler, given(object, "timeout").and_then(seconds), on_failure))
}

type Object = Map<String, Value>;

fn given<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn seconds(value: &Value) -> Option<Duration> {
    let seconds = value.as_f64().filter(|seconds| *seconds > 0.0)?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// A member that a handler can do without: its name, whether a value can be used, and what is said of one that cannot.
type Member = (&'static str, fn(&Value) -> bool, &'static str);

const MEMBERS: [Member; 7] = [
    ("async", Value::is_boolean, "must be true or false: it counts as false"),
    ("asyncRewake", Value::is_boolean, "must be true or false: it counts as false"),
    ("continueOnBlock", Value::is_boolean, "must be true or false: it counts as false"),
    ("model", Value::is_string, "must be a text: it is ignored"),
    (
        "onFailure",
        |value| matches!(value.as_str(), Some("block" | "continue")),
        "must be \"block\" or \"continue\": a failure blocks",
    ),
    ("shell", Value::is_string, "must be a text: it is ignored"),
    (
        "timeout",
        |value| seconds(value).is_some(),
        "must be a number of seconds above 0: the usual limit counts",
    ),
];

/// What is said of members of a handler that have no effect as they stand.
fn unusable(handler: &Value) -> impl Iterator<Item = String> {
    MEMBERS.iter().filter_map(|(name, fits, what)| {
        let value = handler.get(name).filter(|value| !value.is_null())?;
        (!fits(value)).then(|| format!("`{name}` {what}"))
    })
}

fn flag(object: &Object, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn text(object: &Object, name: &str) -> Result<String, String> {
    let text = object.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    Ok(text.ok_or_else(|| format!("it has no `{name}`."))?.to_owned())
}

fn command(object: &Object) -> Result<Command, String> {
    let powershell = match object.get("shell").and_then(Value::as_str) {
        None | Some("bash" | "sh") => false,
        Some("powershell") => true,
        Some(other) => return Err(format!("`shell` is {other:?}; it must be \"bash\" or \"powershell\".")),
    };
    let wakes = flag(object, "asyncRewake");
    Ok(Command {
        command: text(object, "command")?,
        args: strings(object, "args")?,
        env: pairs(object, "env")?,
        powershell,
        background: wakes || flag(object, "async"),
        wakes,
    })
}

fn post(object: &Object, from: &Origin<'_>) -> Result<Post, String> {
    let written = text(object, "url")?;
    let url = Url::parse(&written).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    // What is in it may be a secret.
    let url = url.ok_or("`url` is no http or https URL.")?;
    if !from.limits.allow(&url) {
        let origin = url.origin().ascii_serialization();
        return Err(format!("allowedHttpHookUrls has no pattern for its URL at {origin}."));
    }
    let variables = strings(object, "allowedEnvVars")?.unwrap_or_default();
    Ok(Post {
        url,
        headers: pairs(object, "headers")?,
        variables: variables.into_iter().filter(|name| from.limits.allow_variable(name)).collect(),
        credentials: !from.source.of_project(),
    })
}

fn question(object: &Object) -> Result<Question, String> {
    let model = object.get("model").and_then(Value::as_str).map(str::to_owned);
    let continue_on_block = flag(object, "continueOnBlock");
    Ok(Question { prompt: text(object, "prompt")?, model, continue_on_block })
}

fn server_call(object: &Object) -> Result<ServerCall, String> {
    let input = match object.get("input") {
        None | Some(Value::Null) => None,
        Some(input @ Value::Object(_)) => Some(input.clone()),
        Some(_) => return Err("`input` is not an object.".to_owned()),
    };
    Ok(ServerCall { server: text(object, "server")?, tool: text(object, "tool")?, input })
}

fn strings(object: &Object, name: &str) -> Result<Option<Vec<String>>, String> {
    let Some(list) = object.get(name).filter(|list| !list.is_null()) else { return Ok(None) };
    let texts =
        list.as_array().map(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    texts.flatten().map(Some).ok_or_else(|| format!("`{name}` is not an array of strings."))
}

fn pairs(object: &Object, name: &str) -> Result<Vec<(String, String)>, String> {
    let Some(map) = object.get(name).filter(|map| !map.is_null()) else { return Ok(Vec::new()) };
    let pairs = map.as_object().map(|map| {
        map.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    });
    pairs.flatten().ok_or_else(|| format!("`{name}` is not an object of strings."))
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
