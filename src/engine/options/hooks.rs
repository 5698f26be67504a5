//! `options.hooks`: events, matchers and marks of functions, read into the table.

use super::read::{invalid, is_function, nearest};
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::hook::HookEvent;
use crate::engine::hook::matcher::Matcher;
use crate::engine::hook::table::{Handler, Hook, HookTable, OnFailure};
use serde_json::{Map, Value};
use std::time::Duration;

const SHAPE: &str =
    "must be an object of event names, each with an array of { matcher?, hooks, timeout?, onFailure? }";

const MEMBERS: [&str; 4] = ["matcher", "hooks", "timeout", "onFailure"];

/// Reads the option; absent is no hooks.
pub fn read(value: Option<&Value>) -> Result<HookTable, EngineError> {
    let mut table = HookTable::default();
    let Some(value) = value else { return Ok(table) };
    let events = value.as_object().ok_or_else(|| invalid("hooks", SHAPE, value))?;
    for (name, matchers) in events {
        let event = HookEvent::parse(name).ok_or_else(|| unknown(name))?;
        let path = format!("hooks.{name}");
        if matchers.is_null() {
            continue;
        }
        let matchers = matchers.as_array().ok_or_else(|| {
            invalid(&path, "must be an array of { matcher?, hooks, timeout?, onFailure? }", matchers)
        })?;
        for (at, matcher) in matchers.iter().enumerate() {
            add(&mut table, event, at, &format!("{path}[{at}]"), matcher)?;
        }
    }
    Ok(table)
}

fn add(
    table: &mut HookTable,
    event: HookEvent,
    at: usize,
    path: &str,
    value: &Value,
) -> Result<(), EngineError> {
    let shape =
        "must be { matcher?: string, hooks: function[], timeout?: number, onFailure?: 'continue' | 'block' }";
    let object = value.as_object().ok_or_else(|| invalid(path, shape, value))?;
    // A matcher that is misspelt would be none, and its callbacks would speak about everything.
    if let Some(name) = object.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(unknown_member(path, name));
    }
    let matcher = matcher(object, event, path)?;
    let timeout = timeout(object, path)?;
    let on_failure = match given(object, "onFailure") {
        None => None,
        Some(word) => match word.as_str() {
            Some("continue") => Some(OnFailure::Continue),
            Some("block") => Some(OnFailure::Block),
            _ => return Err(invalid(&format!("{path}.onFailure"), "must be 'continue' or 'block'", word)),
        },
    };
    let hooks = object.get("hooks").and_then(Value::as_array);
    let hooks = hooks.ok_or_else(|| {
        invalid(
            &format!("{path}.hooks"),
            "must be an array of functions",
            object.get("hooks").unwrap_or(&Value::Null),
        )
    })?;
    for (hook, function) in hooks.iter().enumerate() {
        let origin = format!("{path}.hooks[{hook}]");
        if !is_function(function) {
            return Err(invalid(&origin, "must be a function", function));
        }
        table.add(
            event,
            Hook {
                origin: format!("options.{origin}"),
                matcher: matcher.clone(),
                condition: None,
                timeout,
                on_failure,
                handler: Handler::Callback { matcher: at, hook },
            },
        );
    }
    Ok(())
}

fn given<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

fn matcher(object: &Map<String, Value>, event: HookEvent, path: &str) -> Result<Matcher, EngineError> {
    let path = format!("{path}.matcher");
    let pattern = match given(object, "matcher") {
        None => None,
        Some(Value::String(pattern)) => Some(pattern.as_str()),
        Some(other) => return Err(invalid(&path, "must be a string", other)),
    };
    Matcher::compile(pattern, event).map_err(|error| {
        let pattern = Value::String(pattern.unwrap_or_default().to_owned());
        invalid(&path, &format!("is no valid regular expression ({error})"), &pattern)
    })
}

fn timeout(object: &Map<String, Value>, path: &str) -> Result<Option<Duration>, EngineError> {
    let Some(value) = given(object, "timeout") else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| *seconds > 0.0);
    match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(timeout) => Ok(Some(timeout)),
        None => Err(invalid(&format!("{path}.timeout"), "must be a number of seconds above 0", value)),
    }
}

fn unknown_member(path: &str, name: &str) -> EngineError {
    let hint = nearest(name, MEMBERS.into_iter()).map_or_else(
        || "There are `matcher`, `hooks`, `timeout` and `onFailure`.".to_owned(),
        |known| format!("Did you mean `{known}`?"),
    );
    let text = format!("options.{path}.{name} is no member of a hook matcher. {hint}");
    EngineError::new(ErrorKind::UnknownOption, text)
}

fn unknown(name: &str) -> EngineError {
    let nearest = HookEvent::ALL
        .iter()
        .map(|event| (similar::TextDiff::from_chars(event.name(), name).ratio(), event.name()))
        .filter(|(ratio, _)| *ratio > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = nearest.map_or_else(
        || "See the HookEvent type of index.d.ts for the names there are.".to_owned(),
        |(_, known)| format!("Did you mean `{known}`? Names are case-sensitive."),
    );
    EngineError::new(ErrorKind::InvalidOption, format!("options.hooks.{name} is no hook event. {hint}"))
}

#[cfg(test)]
#[path = "hooks_tests.rs"]
mod tests;
