//! Checks a tool's input against its schema and says, for the model, what to change.

use serde_json::Value;

/// A compiled input schema.
pub struct InputSchema(jsonschema::Validator);

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
                if field.is_empty() { error.to_string() } else { format!("{field}: {error}") }
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
    }
}
