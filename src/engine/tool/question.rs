//! What a person is told about a call that needs an answer: the third argument of `canUseTool`.

use super::McpServer;
use crate::engine::host::{AskRule, QuestionOptions};
use crate::engine::permission::{Decision, PermissionBehavior, Reason};
use serde_json::Value;

/// The longest piece of an input in a title, in characters.
const SHOWN: usize = 200;

/// Everything that the host learns besides tool and input (rows 87, 91 and 95).
pub fn options(
    (tool, server): (&str, Option<&McpServer>),
    input: &Value,
    decision: &Decision,
    tool_use_id: &str,
) -> QuestionOptions {
    QuestionOptions {
        suggestions: decision.suggestions.clone(),
        blocked_path: decision.blocked_path.as_ref().map(|path| path.to_string_lossy().into_owned()),
        decision_reason: decision.reason.describe(),
        decision_reason_type: decision.reason.kind(),
        tool_use_id: tool_use_id.to_owned(),
        agent_id: None,
        mcp_server: server.cloned(),
        request_id: crate::engine::clock::new_uuid(),
        title: title(tool, input),
        display_name: tool.to_owned(),
        description: field(input, "description").map(shortened),
        default_to_no: matches!(decision.reason, Reason::CriticalRemoval | Reason::ProtectedPath),
        // Nothing lasting would answer a question that neither mode nor allow rules can answer.
        suppress_always_allow_rule: decision.firm,
        matched_ask_rule: ask_rule(&decision.reason),
    }
}

fn ask_rule(reason: &Reason) -> Option<AskRule> {
    let (rule, _, source) = reason.rule().filter(|(_, behavior, _)| *behavior == PermissionBehavior::Ask)?;
    Some(AskRule { source: source.as_str(), rule: rule.to_value() })
}

fn field<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// One line that says what is asked for.
fn title(tool: &str, input: &Value) -> String {
    let about = |name: &str| shortened(field(input, name).unwrap_or_default());
    match tool {
        "Bash" | "Monitor" => format!("Run the command {}", about("command")),
        "Read" => format!("Read {}", about("file_path")),
        "Edit" => format!("Edit {}", about("file_path")),
        "Write" => format!("Write {}", about("file_path")),
        "NotebookEdit" => format!("Edit {}", about("notebook_path")),
        "Glob" | "Grep" => {
            format!("Search {}", field(input, "path").map_or_else(|| "files".to_owned(), shortened))
        }
        "WebFetch" => format!("Fetch {}", about("url")),
        "WebSearch" => format!("Search the web for {}", about("query")),
        "AskUserQuestion" => "Answer questions".to_owned(),
        "ExitPlanMode" => "Approve the plan".to_owned(),
        _ => format!("Use {tool}"),
    }
}
