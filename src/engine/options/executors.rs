//! The option `executors`: where built-in tools act.

use super::read::{invalid, is_function, unsupported};
use crate::engine::error::EngineError;
use serde_json::Value;

/// Where the tools of one kind act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// In this process.
    #[default]
    Host,
    /// Where the embedder's callbacks put it.
    Elsewhere,
    /// Nowhere: other kinds were given, and this one was not. Its tools are not offered.
    Nowhere,
}

/// Where built-in tools act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Executors {
    /// Bash.
    pub exec: Place,
    /// The file tools.
    pub fs: Place,
    /// WebFetch.
    pub fetch: Place,
}

/// What `executors.fs` must have.
const FS_METHODS: [&str; 9] =
    ["lstat", "mkdir", "readFile", "readdir", "realpath", "rename", "stat", "unlink", "writeFile"];

impl Executors {
    pub(super) fn read(given: Option<&Value>) -> Result<Self, EngineError> {
        let Some(value) = given else { return Ok(Self::default()) };
        let what = "must be an object with exec, fs and fetch, each an executor or 'host'";
        let object = value.as_object().ok_or_else(|| invalid("executors", what, value))?;
        if let Some(other) = object.keys().find(|key| !["exec", "fs", "fetch"].contains(&key.as_str())) {
            return Err(unsupported(&format!("executors.{other}")));
        }
        let kind = |name: &str| object.get(name).filter(|value| !value.is_null());
        let function = |name: &str| match kind(name) {
            None => Ok(Place::Nowhere),
            Some(Value::String(word)) if word == "host" => Ok(Place::Host),
            Some(value) if is_function(value) => Ok(Place::Elsewhere),
            Some(value) => Err(invalid(&format!("executors.{name}"), "must be a function or 'host'", value)),
        };
        let executors = Self { exec: function("exec")?, fs: files(kind("fs"))?, fetch: function("fetch")? };
        let nothing = Self { exec: Place::Nowhere, fs: Place::Nowhere, fetch: Place::Nowhere };
        Ok(if executors == nothing { Self::default() } else { executors })
    }

    /// Whether a built-in tool has a place to act in.
    pub fn offer(&self, tool: &str) -> bool {
        match tool {
            "Bash" => self.exec != Place::Nowhere,
            "Read" | "Write" | "Edit" | "NotebookEdit" | "Glob" | "Grep" => self.fs != Place::Nowhere,
            "WebFetch" => self.fetch != Place::Nowhere,
            // They run git on the files of this machine.
            "EnterWorktree" | "ExitWorktree" => self.exec == Place::Host && self.fs == Place::Host,
            _ => true,
        }
    }
}

fn files(given: Option<&Value>) -> Result<Place, EngineError> {
    let name = "executors.fs";
    match given {
        None => Ok(Place::Nowhere),
        Some(Value::String(word)) if word == "host" => Ok(Place::Host),
        Some(Value::Object(methods)) if !methods.contains_key("$function") => {
            let missing = FS_METHODS.iter().find(|method| !methods.get(**method).is_some_and(is_function));
            match missing {
                None => Ok(Place::Elsewhere),
                Some(method) => {
                    let value = methods.get(*method).unwrap_or(&Value::Null);
                    Err(invalid(&format!("{name}.{method}"), "must be a function", value))
                }
            }
        }
        Some(value) => Err(invalid(name, "must be a file system or 'host'", value)),
    }
}

#[cfg(test)]
#[path = "executors_tests.rs"]
mod tests;
