//! `permissionPromptToolName`: a tool of a server that is asked for permission in the host's place (row 97).

use super::server::State;
use super::servers::Servers;
use crate::engine::host::{PermissionAnswer, PermissionQuestion, PermissionResult};
use crate::engine::tool::entry::Entry;
use crate::engine::tool::{ToolContent, ToolContext, ToolError};
use serde_json::{Value, json};
use std::sync::Arc;

impl Servers {
    fn connected_entries(&self) -> Vec<Arc<Entry>> {
        let of = |server: &Arc<super::server::Server>| match server.state() {
            State::Connected(connected) | State::Reconnecting(connected) => connected.entries.to_vec(),
            State::Pending | State::Failed(_) | State::NeedsAuth(_) | State::Disabled => Vec::new(),
        };
        self.all().iter().flat_map(of).collect()
    }

    /// What is to be said if there is no such tool.
    pub fn missing_prompt_tool(&self, name: &str) -> Option<String> {
        let entries = self.connected_entries();
        if entries.iter().any(|entry| entry.tool.name() == name) {
            return None;
        }
        let names: Vec<&str> = entries.iter().map(|entry| entry.tool.name()).collect();
        let known = if names.is_empty() {
            "none is connected".to_owned()
        } else {
            format!("there are {}", names.join(", "))
        };
        Some(format!("permissionPromptToolName: no MCP tool is named {name:?}; {known}."))
    }

    /// Asks the tool `name`. Whatever is no decision refuses the call.
    pub async fn ask_prompt_tool(
        &self,
        name: &str,
        question: &PermissionQuestion,
        cx: &ToolContext,
    ) -> PermissionAnswer {
        let entries = self.connected_entries();
        let Some(entry) = entries.iter().find(|entry| entry.tool.name() == name) else {
            return PermissionAnswer::Failed(format!("The permission prompt tool {name} is not connected."));
        };
        let input = json!({
            "tool_name": question.tool_name,
            "input": question.input,
            "tool_use_id": question.options.tool_use_id,
        });
        let output = match entry.tool.run(input, cx).await {
            Ok(output) => output,
            Err(ToolError::Respond(text) | ToolError::Fatal(text)) => {
                return PermissionAnswer::Failed(format!("The permission prompt tool {name} failed: {text}"));
            }
            Err(ToolError::Cancelled) => {
                return PermissionAnswer::Failed(format!("The permission prompt tool {name} was cancelled."));
            }
        };
        let text = first_text(output.content);
        if output.is_error {
            return PermissionAnswer::Failed(format!("The permission prompt tool {name} failed: {text}"));
        }
        let answer = serde_json::from_str::<Value>(&text).map_err(|_| "its text is no JSON".to_owned());
        match answer.and_then(|answer| PermissionResult::read(&answer)) {
            Ok(result) => PermissionAnswer::Decided(result),
            Err(error) => PermissionAnswer::Failed(format!(
                "The permission prompt tool {name} must answer with JSON, {{\"behavior\":\"allow\",\"updatedInput\":{{...}}}} or \
                 {{\"behavior\":\"deny\",\"message\":\"...\"}}: {error}"
            )),
        }
    }
}

fn first_text(content: ToolContent) -> String {
    match content {
        ToolContent::Text(text) => text,
        ToolContent::Blocks(blocks) => {
            let text = |block: &Value| block["text"].as_str().map(str::to_owned);
            blocks.iter().find_map(text).unwrap_or_default()
        }
    }
}
