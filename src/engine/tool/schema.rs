//! Checks a tool's input against its schema and says, for the model, what to change.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// A compiled input schema.
pub struct InputSchema(Validator);

impl InputSchema {
    /// Compiles `schema`; fails with a text when it is no valid schema.
    pub fn compile(schema: &Value) -> Result<Self, String> {
        jsonschema::validator_for(schema).map(Self).map_err(|error| error.to_string())
    }

    /// `Ok` when `input` fits; else one line per fault, each naming the field and what is expected.
    pub fn check(&self, input: &Value) -> Result<(), String> {
        let faults: Vec<String> = self
            .0
            .iter_errors(input)
            .map(|error| {
                let at = error.instance_path().to_string();
                let field = at.trim_start_matches('/').replace('/', ".");
                let error = in_words(&error);
                if field.is_empty() { error } else { format!("{field}: {error}") }
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
    }
}

/// A fault in the validator's words, except that it keeps back the later ones of many choices.
fn in_words(error: &ValidationError) -> String {
    if let ValidationErrorKind::Enum { options } = error.kind()
        && let Some([first @ .., last]) = options.as_array().map(Vec::as_slice)
        && !first.is_empty()
    {
        let first: Vec<_> = first.iter().map(Value::to_string).collect();
        return format!("{} is not one of {} or {last}", error.instance(), first.join(", "));
    }
    error.to_string()
}
