//! Writes permission updates and settings into files: all of them or none, and nothing else in them changes.

use super::text;
use crate::engine::io;
use crate::engine::permission::{PermissionBehavior, PermissionUpdate, Rule};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const BOM: char = '\u{feff}';

/// One thing to change in a settings file.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A permission update; its destination is the file's.
    Update(PermissionUpdate),
    /// A top-level key.
    Key(&'static str, Value),
}

/// What is to be written to one file.
#[derive(Debug, Clone)]
pub struct Change {
    /// The file.
    pub path: PathBuf,
    /// Whether the file or its folder may be a link: only the user's own may.
    pub may_link: bool,
    /// What changes, in order.
    pub edits: Vec<Edit>,
}

/// Writes all changes, or none. The error names the file and says what to do.
pub fn write_all(changes: &[Change]) -> Result<(), String> {
    let mut plans = Vec::new();
    for change in changes {
        let before = read(change)?;
        let after = edited(before.as_deref(), &change.edits)
            .map_err(|fault| format!("{}: {fault}. Nothing was written.", change.path.display()))?;
        plans.push((change, before, after));
    }
    let mut done: Vec<(&Path, Option<&String>)> = Vec::new();
    for (change, before, after) in &plans {
        let Some(after) = after else { continue };
        if let Err(error) = put(&change.path, after) {
            for (path, before) in done {
                // What cannot be put back now was written a moment ago: nothing better can be done.
                let _ = match before {
                    Some(text) => put(path, text),
                    None => io::fs::remove_file(path),
                };
            }
            return Err(format!(
                "{} cannot be written: {error}. Check its permissions.",
                change.path.display()
            ));
        }
        done.push((&change.path, before.as_ref()));
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        io::fs::create_dir_all(folder)?;
    }
    io::fs::write_atomic(path, text.as_bytes())
}

fn read(change: &Change) -> Result<Option<String>, String> {
    let path = &change.path;
    let linked = io::fs::is_link(path) || path.parent().is_some_and(io::fs::is_link);
    if !change.may_link && linked {
        return Err(format!(
            "{} is a symbolic link, so nothing is written through it. Make it a file of the project.",
            path.display()
        ));
    }
    match io::fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| {
            format!("{} is not UTF-8 text. Nothing was written: repair the file first.", path.display())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

/// The text of a settings file after `edits`; `None` when nothing changes. A missing file is `None`.
///
/// # Errors
/// Says what is wrong with the text, which is then left alone.
pub fn edited(before: Option<&str>, edits: &[Edit]) -> Result<Option<String>, String> {
    let given = before.unwrap_or_default();
    let body = given.strip_prefix(BOM).unwrap_or(given);
    let mut body = if body.trim().is_empty() { "{}\n".to_owned() } else { body.to_owned() };
    let start = body.clone();
    let mut value: Value = serde_json::from_str(&body)
        .map_err(|error| format!("line {}: {error}; repair the file first", error.line()))?;
    if !value.is_object() {
        return Err("it must hold a JSON object; repair the file first".to_owned());
    }
    for edit in edits {
        let Some((path, new)) = target(edit, &value)? else { continue };
        body = text::set(&body, &path, &new)
            .ok_or_else(|| format!("`{}` is no object; repair the file first", path[0]))?;
        value = serde_json::from_str(&body)
            .map_err(|error| format!("the change would break the file ({error})"))?;
        let pointer = format!("/{}", path.join("/"));
        if value.pointer(&pointer) != Some(&new) {
            return Err("the change would break the file".to_owned());
        }
    }
    if body == start {
        return Ok(None);
    }
    let bom = if given.starts_with(BOM) { "\u{feff}" } else { "" };
    Ok(Some(format!("{bom}{body}")))
}

type Target = (Vec<&'static str>, Value);

/// What an edit puts where; `None` when it is so already.
fn target(edit: &Edit, settings: &Value) -> Result<Option<Target>, String> {
    let update = match edit {
        Edit::Key(key, value) => {
            return Ok((settings.get(key) != Some(value)).then(|| (vec![*key], value.clone())));
        }
        Edit::Update(update) => update,
    };
    let list = |key: &'static str, change: &dyn Fn(&mut Vec<Value>)| -> Result<Option<Target>, String> {
        let mut items = match settings.pointer(&format!("/permissions/{key}")) {
            None => Vec::new(),
            Some(Value::Array(items)) => items.clone(),
            Some(_) => return Err(format!("`permissions.{key}` is no list; repair the file first")),
        };
        let before = items.clone();
        change(&mut items);
        Ok((items != before).then(|| (vec!["permissions", key], Value::Array(items))))
    };
    match update {
        PermissionUpdate::AddRules { rules, behavior, .. } => {
            let rules = parsed(rules)?;
            list(key_of(*behavior), &|items| {
                for rule in &rules {
                    if !items.iter().any(|item| is_rule(item, rule)) {
                        items.push(json!(rule.to_string()));
                    }
                }
            })
        }
        PermissionUpdate::ReplaceRules { rules, behavior, .. } => {
            let rules = parsed(rules)?;
            list(key_of(*behavior), &|items| {
                *items = rules.iter().map(|rule| json!(rule.to_string())).collect();
            })
        }
        PermissionUpdate::RemoveRules { rules, behavior, .. } => {
            let rules = parsed(rules)?;
            list(key_of(*behavior), &|items| {
                items.retain(|item| !rules.iter().any(|rule| is_rule(item, rule)));
            })
        }
        PermissionUpdate::SetMode { mode, .. } => {
            let new = json!(mode);
            let same = settings.pointer("/permissions/defaultMode") == Some(&new);
            Ok((!same).then(|| (vec!["permissions", "defaultMode"], new)))
        }
        PermissionUpdate::AddDirectories { directories, .. } => list(DIRECTORIES, &|items| {
            for dir in directories {
                if !items.iter().any(|item| item == dir) {
                    items.push(json!(dir));
                }
            }
        }),
        PermissionUpdate::RemoveDirectories { directories, .. } => {
            list(DIRECTORIES, &|items| items.retain(|item| !directories.iter().any(|dir| item == dir)))
        }
    }
}

const DIRECTORIES: &str = "additionalDirectories";

fn key_of(behavior: PermissionBehavior) -> &'static str {
    match behavior {
        PermissionBehavior::Allow => "allow",
        PermissionBehavior::Deny => "deny",
        PermissionBehavior::Ask => "ask",
    }
}

fn parsed(rules: &[crate::engine::permission::PermissionRuleValue]) -> Result<Vec<Rule>, String> {
    rules.iter().map(|rule| Rule::from_value(rule).map_err(|error| error.to_string())).collect()
}

fn is_rule(item: &Value, rule: &Rule) -> bool {
    item.as_str().and_then(|text| Rule::parse(text).ok()).is_some_and(|known| known == *rule)
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
