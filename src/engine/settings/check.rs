//! Checks what the engine uses of a layer: a bad value is dropped with a warning, a bad rule that forbids stops the start.
//! Pure. Never shows a value of `env` or a command.

use super::text;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::permission::{PermissionBehavior, PermissionMode, Rule, rule_warning};
use serde_json::{Map, Value};

/// The rules of a layer and what was wrong with the rest.
#[derive(Debug, Default)]
pub struct Checked {
    /// Its rules.
    pub rules: Vec<(PermissionBehavior, Rule)>,
    /// What was dropped, for people.
    pub warnings: Vec<String>,
}

/// What a value must be.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Bool,
    Object,
    Texts,
    Mode,
    Disable,
    Effort,
}

const TOP: [(&str, Shape); 11] = [
    ("allowManagedHooksOnly", Shape::Bool),
    ("allowManagedMcpServersOnly", Shape::Bool),
    ("allowManagedPermissionRulesOnly", Shape::Bool),
    ("alwaysThinkingEnabled", Shape::Bool),
    ("apiKeyHelper", Shape::Text),
    ("disableAllHooks", Shape::Bool),
    ("disabledMcpjsonServers", Shape::Texts),
    ("effortLevel", Shape::Effort),
    ("hooks", Shape::Object),
    ("maxEffortLevel", Shape::Effort),
    ("model", Shape::Text),
];
const PERMISSIONS: [(&str, Shape); 8] = [
    ("additionalDirectories", Shape::Texts),
    ("blockReadsExemptPaths", Shape::Texts),
    ("blockReadsOutsideWorkingDirectories", Shape::Bool),
    ("blockWritesOutsideWorkingDirectories", Shape::Bool),
    ("defaultMode", Shape::Mode),
    ("denyInsteadOfPrompting", Shape::Bool),
    ("disableAutoMode", Shape::Disable),
    ("disableBypassPermissionsMode", Shape::Disable),
];
const EFFORTS: [&str; 5] = ["low", "medium", "high", "xhigh", "max"];

impl Shape {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            Self::Bool => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            Self::Mode => serde_json::from_value::<PermissionMode>(value.clone()).is_ok(),
            Self::Disable => value == "disable",
            Self::Effort => value.as_str().is_some_and(|level| EFFORTS.contains(&level)),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Text => "a text that is not empty",
            Self::Bool => "true or false",
            Self::Object => "an object",
            Self::Texts => "a list of texts",
            Self::Mode => "default, acceptEdits, bypassPermissions, plan, dontAsk or auto",
            Self::Disable => "\"disable\"",
            Self::Effort => "low, medium, high, xhigh or max",
        }
    }
}

/// One layer under check.
struct Check<'a> {
    /// A file's path, or the name of the option.
    name: &'a str,
    /// The file's text, for line numbers. Without one the settings are an option: every bad rule is an error.
    text: Option<&'a str>,
    spans: Option<text::Node>,
    found: Checked,
}

/// Checks `settings` and takes out what cannot be used. `name` is the file's path, or the name of the option.
///
/// # Errors
/// `ConfigFileInvalid` naming file, line and rule; `InvalidRule` when an option holds the rule.
pub fn check(
    name: &str,
    text: Option<&str>,
    settings: &mut Map<String, Value>,
) -> Result<Checked, EngineError> {
    let mut check = Check { name, text, spans: text.and_then(text::parse), found: Checked::default() };
    check.shapes(settings, &TOP, &[]);
    check.variables(settings);
    match settings.get_mut("permissions") {
        None | Some(Value::Null) => {}
        Some(Value::Object(permissions)) => {
            check.shapes(permissions, &PERMISSIONS, &["permissions"]);
            check.rules(permissions, "allow", PermissionBehavior::Allow)?;
            check.rules(permissions, "deny", PermissionBehavior::Deny)?;
            check.rules(permissions, "ask", PermissionBehavior::Ask)?;
        }
        Some(_) => return Err(check.invalid(&["permissions"], None, "`permissions` must be an object")),
    }
    Ok(check.found)
}

impl Check<'_> {
    /// Where something is, for people.
    fn place(&self, path: &[&str], item: Option<usize>) -> String {
        let node = self.spans.as_ref().and_then(|root| root.at(path));
        let node = match item {
            Some(at) => node.and_then(|list| list.items().get(at)),
            None => node,
        };
        match (node, self.text) {
            (Some(node), Some(text)) => format!("{}, line {}", self.name, text::line(text, node.span.start)),
            _ => self.name.to_owned(),
        }
    }

    fn invalid(&self, path: &[&str], item: Option<usize>, fault: &str) -> EngineError {
        let kind = match self.text {
            Some(_) => ErrorKind::ConfigFileInvalid,
            None => ErrorKind::InvalidOption,
        };
        EngineError::new(kind, format!("{}: {fault}. Correct it and start again.", self.place(path, item)))
    }

    fn warn(&mut self, path: &[&str], item: Option<usize>, text: &str) {
        let place = self.place(path, item);
        self.found.warnings.push(format!("{place}: {text}"));
    }

    fn shapes(&mut self, settings: &mut Map<String, Value>, shapes: &[(&str, Shape)], under: &[&str]) {
        for (key, shape) in shapes {
            let wrong = settings.get(*key).is_some_and(|value| !value.is_null() && !shape.fits(value));
            if wrong {
                let path = [under, &[*key]].concat();
                let text = format!("`{}` must be {}; it is ignored.", path.join("."), shape.words());
                self.warn(&path, None, &text);
                settings.shift_remove(*key);
            }
        }
    }

    /// Variables are texts; numbers and booleans are read as such.
    fn variables(&mut self, settings: &mut Map<String, Value>) {
        let Some(value) = settings.get_mut("env") else { return };
        let Value::Object(env) = value else {
            self.warn(&["env"], None, "`env` must be an object; it is ignored.");
            settings.shift_remove("env");
            return;
        };
        let mut wrong = Vec::new();
        for (name, value) in env.iter_mut() {
            match value {
                Value::Number(_) | Value::Bool(_) => *value = Value::from(value.to_string()),
                Value::String(text) if !text.contains('\0') && valid_name(name) => {}
                Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                    wrong.push(name.clone());
                }
            }
        }
        for name in wrong {
            env.shift_remove(&name);
            self.warn(&["env", &name], None, &format!("`env.{name}` must be a text; it is ignored."));
        }
    }

    fn rules(
        &mut self,
        permissions: &mut Map<String, Value>,
        key: &'static str,
        behavior: PermissionBehavior,
    ) -> Result<(), EngineError> {
        let path = ["permissions", key];
        let strict = behavior != PermissionBehavior::Allow || self.text.is_none();
        let items = match permissions.get_mut(key) {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::Array(items)) => items,
            Some(_) if strict => {
                return Err(self.invalid(
                    &path,
                    None,
                    &format!("`permissions.{key}` must be a list of rules"),
                ));
            }
            Some(_) => {
                self.warn(&path, None, "`permissions.allow` must be a list of rules; it is ignored.");
                permissions.shift_remove(key);
                return Ok(());
            }
        };
        let mut kept = Vec::new();
        for (at, item) in std::mem::take(items).into_iter().enumerate() {
            let rule = match item.as_str() {
                Some(text) => Rule::parse(text)
                    .and_then(|rule| rule.check_behavior(behavior).map(|()| rule))
                    .map_err(|error| error.reason),
                None => Err("a rule is a text".to_owned()),
            };
            match rule {
                Ok(rule) => {
                    if let Some(text) = rule_warning(behavior, &rule) {
                        self.warn(&path, Some(at), &text);
                    }
                    self.found.rules.push((behavior, rule));
                    kept.push(item);
                }
                Err(reason) if strict => {
                    let mut error =
                        self.invalid(&path, Some(at), &format!("the {key} rule {item} is invalid: {reason}"));
                    if self.text.is_none() {
                        error.kind = ErrorKind::InvalidRule;
                    }
                    return Err(error);
                }
                Err(reason) => {
                    self.warn(&path, Some(at), &format!("the allow rule {item} is skipped: {reason}."));
                }
            }
        }
        permissions.insert(key.to_owned(), Value::Array(kept));
        Ok(())
    }
}

fn valid_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0'])
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
