//! The result message: how a turn ended, what it used and what it cost.

use serde::Serialize;
use serde_json::Value;

/// `result`, success and errors alike; `subtype` decides which optional fields are there (rows 5 and 6).
#[derive(Debug, Serialize)]
pub struct ResultMessage {
    /// `success`, or the error that ended the turn.
    pub subtype: Subtype,
    /// True on every error subtype, and on `success` when the turn ended on an API failure (row 8).
    pub is_error: bool,
    /// Wall time of the turn in milliseconds.
    pub duration_ms: u64,
    /// Time spent waiting for the API in milliseconds.
    pub duration_api_ms: u64,
    /// 1 + rounds of tool calls.
    pub num_turns: u32,
    /// The final text; only on `success`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// What went wrong; only on error subtypes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<String>>,
    /// Of the last reply; `null` if there was none (row 7).
    pub stop_reason: Option<String>,
    /// Running total of the `query()` call in US dollars.
    pub total_cost_usd: f64,
    /// Sum over the requests of this turn (row 571).
    pub usage: Value,
    /// Running totals of the `query()` call by model.
    #[serde(rename = "modelUsage")]
    pub model_usage: Value,
    /// Calls that were refused in this turn (row 84).
    pub permission_denials: Vec<PermissionDenial>,
    /// Why the loop ended (row 10).
    pub terminal_reason: &'static str,
    /// HTTP status of the failure that ended the turn, or `null` when there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_error_status: Option<Option<u16>>,
    /// The call that a hook put off (row 188).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferred_tool_use: Option<Value>,
    /// Milliseconds from the first request to its first event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttft_ms: Option<u64>,
    /// Position among the results of the query, from 0 (row 11).
    pub result_index: u32,
    /// How many user messages wait for a turn (row 11).
    pub queued_turn_count: usize,
}

/// Result subtypes (row 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subtype {
    /// The loop ended by itself.
    Success,
    /// `maxTurns` was reached.
    ErrorMaxTurns,
    /// An interrupt, or an error inside the engine.
    ErrorDuringExecution,
}

/// One refused call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PermissionDenial {
    /// The tool.
    pub tool_name: String,
    /// The call.
    pub tool_use_id: String,
    /// Its input as the model gave it.
    pub tool_input: Value,
}
