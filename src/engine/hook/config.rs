//! `hooks` of a settings file, read into the table.

use super::command::Command;
use super::event::HookEvent;
use super::matcher::Matcher;
use super::table::{Handler, Hook, HookTable, OnFailure};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// Adds the hooks of one settings file, named `source`, behind those of `table`; one that is there already runs once
/// (row 163). Returns what could not be used as it stands: a matcher that is no expression matches everything, a
/// handler that cannot be read is left out.
pub fn from_settings(table: &mut HookTable, hooks: &Value, source: &str) -> Vec<String> {
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
            add(table, event, matcher, &format!("{path}[{at}]"), &mut warnings);
        }
    }
    warnings
}

fn add(table: &mut HookTable, event: HookEvent, value: &Value, path: &str, warnings: &mut Vec<String>) {
    let pattern = value.get("matcher").and_then(Value::as_str);
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
    for (at, handler) in handlers.iter().enumerate() {
        let origin = format!("{path}.hooks[{at}]");
        if handler.get("if").is_some() {
            warnings.push(format!("{origin}: `if` is not judged in this version: it runs for every match."));
        }
        match read(handler, event) {
            Ok((command, timeout, on_failure)) => {
                let there = |hook: &Hook| {
                    hook.matcher == matcher
                        && matches!(&hook.handler, Handler::Command(known) if **known == command)
                };
                if !table.of(event).iter().any(there) {
                    let handler = Handler::Command(Arc::new(command));
                    table.add(event, Hook { origin, matcher: matcher.clone(), timeout, on_failure, handler });
                }
            }
            Err(why) => warnings.push(format!("{origin} is not run: {why}")),
        }
    }
}

type Read = (Command, Option<Duration>, Option<OnFailure>);

fn read(value: &Value, event: HookEvent) -> Result<Read, String> {
    let object = value.as_object().ok_or("it is not an object")?;
    match object.get("type").and_then(Value::as_str) {
        Some("command") => {}
        Some(other) => return Err(format!("hooks of type {other:?} are not available in this version.")),
        None => return Err("it has no `type`.".to_owned()),
    }
    if object.contains_key("if") && !event.about_tool() {
        return Err("`if` is for tool events only.".to_owned());
    }
    let command = object.get("command").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let command = command.ok_or("it has no `command`.")?.to_owned();
    let flag = |name: &str| object.get(name).and_then(Value::as_bool).unwrap_or(false);
    let timeout = object.get("timeout").and_then(Value::as_f64).filter(|seconds| *seconds > 0.0);
    let on_failure = match object.get("onFailure").and_then(Value::as_str) {
        Some("block") => Some(OnFailure::Block),
        Some("continue") => Some(OnFailure::Continue),
        _ => None,
    };
    let command = Command { command, args: args(object)?, env: env(object)?, background: flag("async") };
    Ok((command, timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()), on_failure))
}

fn args(object: &Map<String, Value>) -> Result<Option<Vec<String>>, String> {
    let Some(args) = object.get("args").filter(|args| !args.is_null()) else { return Ok(None) };
    let texts = args.as_array().map(|args| args.iter().map(|arg| arg.as_str().map(str::to_owned)).collect());
    texts.flatten().map(Some).ok_or_else(|| "`args` is not an array of strings.".to_owned())
}

fn env(object: &Map<String, Value>) -> Result<Vec<(String, String)>, String> {
    let Some(env) = object.get("env").filter(|env| !env.is_null()) else { return Ok(Vec::new()) };
    let pairs = env.as_object().map(|env| {
        env.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    });
    pairs.flatten().ok_or_else(|| "`env` is not an object of strings.".to_owned())
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
