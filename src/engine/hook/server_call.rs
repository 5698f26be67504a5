//! Hooks of settings files that are tools of MCP servers (`type: "mcp_tool"`, row 178).

use super::event::HookEvent;
use super::output::{self, Answer, Output};
use super::run::{Ran, Why};
use crate::engine::mcp::Servers;
use serde_json::Value;

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerCall {
    /// The server's name in the configuration.
    pub server: String,
    /// The tool, as the server calls it.
    pub tool: String,
    /// Its arguments, with `${...}` in texts standing for fields of the hook's input; without it, the input itself.
    pub input: Option<Value>,
}

impl ServerCall {
    /// Calls the tool. The server must be connected by now.
    pub async fn run(&self, servers: &Servers, event: HookEvent, input: &str) -> Ran {
        let failed = |text: String| Ran::Failed(Why { text, stack: None });
        let told: Value = serde_json::from_str(input).unwrap_or_default();
        let arguments = self.input.as_ref().map_or_else(|| told.clone(), |input| filled(input, &told));
        let result = match servers.call_tool(&self.server, &self.tool, arguments).await {
            Ok(result) => result,
            Err(why) => return failed(why),
        };
        let blocks = result.get("content").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let texts: Vec<&str> = blocks.iter().filter_map(|block| block.get("text")?.as_str()).collect();
        let text = texts.join("\n");
        if result.get("isError") == Some(&Value::Bool(true)) {
            return failed(format!("was answered with an error: {text}"));
        }
        match answer(text.trim(), event) {
            Ok(Answer::Output(output)) => Ran::Output(output),
            Ok(Answer::Background) => Ran::Background,
            Err(error) => failed(format!("was answered with what does not fit: {error}")),
        }
    }
}

/// A text as the output of a hook: JSON, or context where plain text is that.
fn answer(text: &str, event: HookEvent) -> Result<Answer, String> {
    if text.starts_with('{') {
        let value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        return output::parse(&value, event);
    }
    let mut output = Output::default();
    if event.plain_output_is_context() && !text.is_empty() {
        output.specific.additional_context = Some(text.to_owned());
    }
    Ok(Answer::Output(Box::new(output)))
}

/// `value` with every `${a.b}` in its texts replaced by that field of `told`. A text that is nothing else becomes the
/// field's value as it is.
fn filled(value: &Value, told: &Value) -> Value {
    match value {
        Value::String(text) => filled_text(text, told),
        Value::Array(items) => items.iter().map(|item| filled(item, told)).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), filled(value, told))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn filled_text(text: &str, told: &Value) -> Value {
    let field = |path: &str| path.split('.').try_fold(told, |value, key| value.get(key));
    let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if let Some(path) = whole.filter(|path| !path.contains("${")) {
        return field(path).cloned().unwrap_or_default();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((path, after)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            break;
        };
        match field(path) {
            Some(Value::String(text)) => out.push_str(text),
            Some(value) => out.push_str(&value.to_string()),
            None => {}
        }
        rest = after;
    }
    out.push_str(rest);
    Value::String(out)
}

#[cfg(test)]
#[path = "server_call_tests.rs"]
mod tests;
