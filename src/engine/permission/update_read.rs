//! Updates as a caller returned them: what does not fit is named by its place, in words of the public types.

use super::update::PermissionUpdate;
use crate::engine::error::kind_of;
use crate::engine::plain::plain;
use serde_json::{Map, Value};

const TYPES: &[&str] =
    &["addRules", "replaceRules", "removeRules", "setMode", "addDirectories", "removeDirectories"];
const BEHAVIORS: &[&str] = &["allow", "deny", "ask"];
const MODES: &[&str] = &["default", "acceptEdits", "bypassPermissions", "plan", "dontAsk", "auto"];
const DESTINATIONS: &[&str] = &["userSettings", "projectSettings", "localSettings", "session", "cliArg"];

impl PermissionUpdate {
    /// Reads a list of updates, which the caller knows as `name`.
    ///
    /// # Errors
    /// A sentence that names the first member that does not fit, what it is and what it must be.
    pub fn read_all(value: &Value, name: &str) -> Result<Vec<Self>, String> {
        let items = list(value, name)?;
        items.iter().enumerate().map(|(at, item)| read(item, &format!("{name}[{at}]"))).collect()
    }
}

fn read(value: &Value, place: &str) -> Result<PermissionUpdate, String> {
    let object = object(value, place)?;
    let kind = word(object, place, "type", TYPES)?;
    word(object, place, "destination", DESTINATIONS)?;
    match kind {
        "setMode" => {
            // An old name of `default`.
            if object.get("mode").and_then(Value::as_str) != Some("manual") {
                word(object, place, "mode", MODES)?;
            }
        }
        "addDirectories" | "removeDirectories" => {
            let place = format!("{place}.directories");
            for (at, item) in list(member(object, "directories"), &place)?.iter().enumerate() {
                text(item, &format!("{place}[{at}]"))?;
            }
        }
        _ => {
            word(object, place, "behavior", BEHAVIORS)?;
            let place = format!("{place}.rules");
            for (at, item) in list(member(object, "rules"), &place)?.iter().enumerate() {
                let place = format!("{place}[{at}]");
                let rule = self::object(item, &place)?;
                text(member(rule, "toolName"), &format!("{place}.toolName"))?;
                if !member(rule, "ruleContent").is_null() {
                    text(member(rule, "ruleContent"), &format!("{place}.ruleContent"))?;
                }
            }
        }
    }
    serde_json::from_value(value.clone())
        .map_err(|error| format!("`{place}` does not fit: {}", plain(&error)))
}

fn member<'a>(object: &'a Map<String, Value>, name: &str) -> &'a Value {
    object.get(name).unwrap_or(&Value::Null)
}

fn wrong(place: &str, value: &Value, wanted: &str) -> String {
    let given = if value.is_null() { "missing" } else { kind_of(value) };
    format!("`{place}` is {given}; it must be {wanted}")
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, String> {
    value.as_object().ok_or_else(|| wrong(place, value, "an object"))
}

fn list<'a>(value: &'a Value, place: &str) -> Result<&'a Vec<Value>, String> {
    value.as_array().ok_or_else(|| wrong(place, value, "an array"))
}

fn text(value: &Value, place: &str) -> Result<(), String> {
    if value.is_string() { Ok(()) } else { Err(wrong(place, value, "a string")) }
}

fn word<'a>(
    object: &'a Map<String, Value>,
    place: &str,
    name: &str,
    words: &[&str],
) -> Result<&'a str, String> {
    let value = member(object, name);
    let (place, wanted) = (format!("{place}.{name}"), format!("one of {}", words.join(", ")));
    match value.as_str() {
        Some(given) if words.contains(&given) => Ok(given),
        Some(given) => {
            let shown: String = given.chars().take(60).collect();
            Err(format!("`{place}` is {shown:?}; it must be {wanted}"))
        }
        None => Err(wrong(&place, value, &wanted)),
    }
}

#[cfg(test)]
#[path = "update_read_tests.rs"]
mod tests;
