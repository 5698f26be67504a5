//! Takes options out of the given object one by one; what is left at the end is unknown or not available.

use crate::engine::error::{EngineError, ErrorKind};
use serde_json::{Map, Value};

/// Documented options whose part is not built yet, with the values that ask for nothing.
const UNAVAILABLE: &[(&str, Default)] = &[
    ("agent", Default::Absent),
    ("agentProgressSummaries", Default::False),
    ("agents", Default::Empty),
    ("continue", Default::False),
    ("debug", Default::False),
    ("debugFile", Default::Absent),
    ("enableFileCheckpointing", Default::False),
    ("fallbackModel", Default::Absent),
    ("forkSession", Default::False),
    ("forwardSubagentText", Default::False),
    ("loadTimeoutMs", Default::Absent),
    ("maxBudgetUsd", Default::Absent),
    ("onUserDialog", Default::Absent),
    ("outputFormat", Default::Absent),
    ("perTaskStopAffordance", Default::False),
    ("plugins", Default::Empty),
    ("promptSuggestions", Default::False),
    ("resume", Default::Absent),
    ("resumeDropsTurn", Default::Absent),
    ("resumeSessionAt", Default::Absent),
    ("sandbox", Default::Disabled),
    ("sessionStore", Default::Absent),
    ("sessionStoreFlush", Default::Absent),
    ("skills", Default::Empty),
    ("supportedDialogKinds", Default::Empty),
    ("taskBudget", Default::Absent),
    ("title", Default::Absent),
];

/// Name, check and the words for a value that fails it.
type Elsewhere = (&'static str, fn(&Value) -> bool, &'static str);

/// Options that only make sense with a child process (row 588): accepted, and said to have no effect.
const WITHOUT_EFFECT: &[Elsewhere] = &[
    ("executable", |value| is_one_of(value, &["bun", "deno", "node"]), "must be one of bun, deno, node"),
    ("executableArgs", is_texts, "must be an array of strings"),
    ("mcpServersDelivery", is_delivery, "must be 'argv' or 'initialize'"),
    ("pathToClaudeCodeExecutable", Value::is_string, "must be a string"),
    ("pluginDelivery", is_delivery, "must be 'argv' or 'initialize'"),
    ("spawnClaudeCodeProcess", is_function, "must be a function"),
];

/// Options that JavaScript honours, or that ask for what this engine does anyway, with their type.
const ELSEWHERE: &[Elsewhere] = &[
    ("throwOnErrorResult", Value::is_boolean, "must be a boolean"),
    ("stderr", is_function, "must be a function"),
    // Nothing is written to disk in this version, whatever this says.
    ("persistSession", Value::is_boolean, "must be a boolean"),
];

/// The value of an option that asks for nothing.
#[derive(Clone, Copy)]
enum Default {
    /// `null` only.
    Absent,
    /// `false`.
    False,
    /// `{}` or `[]`.
    Empty,
    /// An object with `enabled` false or absent and nothing else.
    Disabled,
}

impl Default {
    fn is(self, value: &Value) -> bool {
        value.is_null()
            || match self {
                Self::Absent => false,
                Self::False => value.as_bool() == Some(false),
                Self::Empty => {
                    value.as_object().is_some_and(Map::is_empty)
                        || value.as_array().is_some_and(Vec::is_empty)
                }
                Self::Disabled => value.as_object().is_some_and(|object| {
                    object.iter().all(|(name, value)| name == "enabled" && value.as_bool() == Some(false))
                }),
            }
    }
}

/// Whether a function was given.
pub fn is_function(value: &Value) -> bool {
    value.get("$function").is_some()
}

fn is_one_of(value: &Value, words: &[&str]) -> bool {
    value.as_str().is_some_and(|word| words.contains(&word))
}

fn is_delivery(value: &Value) -> bool {
    is_one_of(value, &["argv", "initialize"])
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

/// Reads options by name. `null` counts as not given.
pub struct Reader<'a> {
    given: &'a Map<String, Value>,
    taken: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// Starts with nothing taken.
    pub fn new(given: &'a Map<String, Value>) -> Self {
        Self { given, taken: Vec::new() }
    }

    /// The raw value of `name`.
    pub fn take(&mut self, name: &'static str) -> Option<&'a Value> {
        self.taken.push(name);
        self.given.get(name).filter(|value| !value.is_null())
    }

    fn typed<T>(
        &mut self,
        name: &'static str,
        what: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, EngineError> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| invalid(name, what, value)),
        }
    }

    /// A boolean.
    pub fn bool(&mut self, name: &'static str) -> Result<Option<bool>, EngineError> {
        self.typed(name, "must be a boolean", Value::as_bool)
    }

    /// A non-empty string.
    pub fn string(&mut self, name: &'static str) -> Result<Option<String>, EngineError> {
        self.typed(name, "must be a non-empty string", |v| {
            v.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
        })
    }

    /// An array of strings.
    pub fn strings(&mut self, name: &'static str) -> Result<Option<Vec<String>>, EngineError> {
        self.typed(name, "must be an array of strings", |v| {
            v.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    /// One of some words.
    pub fn one_of(&mut self, name: &'static str, words: &[&str]) -> Result<Option<String>, EngineError> {
        let what = format!("must be one of {}", words.join(", "));
        self.typed(name, &what, |v| v.as_str().filter(|word| words.contains(word)).map(str::to_owned))
    }

    /// A whole number of at least 1.
    pub fn positive(&mut self, name: &'static str) -> Result<Option<u32>, EngineError> {
        self.typed(name, "must be a whole number of at least 1", |v| {
            whole(v).filter(|n| *n >= 1).and_then(|n| u32::try_from(n).ok())
        })
    }

    /// A whole number of at least 0.
    pub fn non_negative(&mut self, name: &'static str) -> Result<Option<u64>, EngineError> {
        self.typed(name, "must be a whole number of at least 0", whole)
    }

    /// Whether a function was given.
    pub fn function(&mut self, name: &'static str) -> Result<bool, EngineError> {
        self.typed(name, "must be a function", |v| is_function(v).then_some(true))
            .map(|given| given == Some(true))
    }

    /// Notices about options that have no effect in process.
    pub fn without_effect(&mut self) -> Result<Vec<String>, EngineError> {
        let mut notices = Vec::new();
        for (name, fits, what) in WITHOUT_EFFECT {
            if let Some(value) = self.take(name) {
                if !fits(value) {
                    return Err(invalid(name, what, value));
                }
                notices.push(format!(
                    "native-agent-sdk: the option `{name}` has no effect: the engine runs inside this process."
                ));
            }
        }
        Ok(notices)
    }

    /// Checks the types of options that are honoured elsewhere.
    pub fn accept_in_javascript(&mut self) -> Result<(), EngineError> {
        for (name, fits, what) in ELSEWHERE {
            if let Some(value) = self.take(name)
                && !fits(value)
            {
                return Err(invalid(name, what, value));
            }
        }
        Ok(())
    }

    /// Every name that is left must be a documented one with a value that asks for nothing.
    pub fn finish(self) -> Result<(), EngineError> {
        for (name, value) in self.given {
            if self.taken.contains(&name.as_str()) {
                continue;
            }
            match UNAVAILABLE.iter().find(|(known, _)| known == name) {
                Some((_, default)) if default.is(value) => {}
                Some(_) => return Err(unsupported(name)),
                None => return Err(unknown(name, self.taken.iter().copied())),
            }
        }
        Ok(())
    }
}

fn whole(value: &Value) -> Option<u64> {
    // JavaScript has one number type: 3.0 is 3.
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be whole and in range"
        )]
        (number.fract() == 0.0 && (0.0..9e15).contains(&number)).then_some(number as u64)
    })
}

/// The error for a value of the wrong type or range.
pub fn invalid(name: &str, what: &str, value: &Value) -> EngineError {
    let shown: String = value.to_string().chars().take(80).collect();
    EngineError::new(ErrorKind::InvalidOption, format!("options.{name} {what}; got {shown}."))
}

/// The error for a documented option whose part is not built yet.
pub fn unsupported(name: &str) -> EngineError {
    EngineError::new(
        ErrorKind::UnsupportedOption,
        format!("options.{name} is not available in this version of native-agent-sdk. Leave it out."),
    )
}

/// The name among `known` that was probably meant.
pub fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    known
        .map(|known| (similar::TextDiff::from_chars(known, name).ratio(), known))
        .filter(|(ratio, _)| *ratio > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

fn unknown(name: &str, known: impl Iterator<Item = &'static str>) -> EngineError {
    let names = known.chain(UNAVAILABLE.iter().map(|(name, _)| *name));
    let hint = nearest(name, names).map_or_else(
        || "See the Options type of index.d.ts for the names there are.".to_owned(),
        |known| format!("Did you mean `{known}`?"),
    );
    EngineError::new(ErrorKind::UnknownOption, format!("options.{name} is no option. {hint}"))
}
