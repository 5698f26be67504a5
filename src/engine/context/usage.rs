//! What the context is filled with: the answer to `getContextUsage()`, from sizes known here and the API's last count.

use serde_json::{Map, Value, json};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bytes of JSON to a token while the API has not counted anything yet.
const BYTES_PER_TOKEN: f64 = 3.5;
/// Rows and columns of the grid.
const GRID: usize = 10;

/// What turns know about the size of the context, for whoever asks meanwhile.
#[derive(Debug, Default)]
pub struct ContextGauge(Mutex<Gauge>);

#[derive(Debug, Clone, Default)]
struct Gauge {
    /// Bytes of the conversation now.
    messages: usize,
    /// The `usage` of the last reply, and the bytes of the request that it counted.
    counted: Option<(Map<String, Value>, usize)>,
    /// When that was.
    at: Duration,
}

impl ContextGauge {
    fn with<T>(&self, work: impl FnOnce(&mut Gauge) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The conversation has this many bytes now.
    pub fn set_messages(&self, bytes: usize) {
        self.with(|gauge| gauge.messages = bytes);
    }

    /// The API counted a request of this many bytes, `at` this time.
    pub fn counted(&self, usage: &Map<String, Value>, request_bytes: usize, at: Duration) {
        self.with(|gauge| {
            gauge.counted = Some((usage.clone(), request_bytes));
            gauge.at = at;
        });
    }

    /// The tokens of the conversation after the last reply, and when that came; `None` before the first.
    pub fn last_reply(&self) -> Option<(u64, Duration)> {
        const PARTS: [&str; 4] =
            ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"];
        self.with(|gauge| {
            let (usage, _) = gauge.counted.as_ref()?;
            let part = |name: &&str| usage.get(*name).and_then(Value::as_u64).unwrap_or(0);
            Some((PARTS.iter().map(part).fold(0, u64::saturating_add), gauge.at))
        })
    }

    /// The report, with the lists of `detail` if asked for.
    pub fn report(&self, fixed: &Fixed<'_>, detail: bool) -> Value {
        report(&self.with(|gauge| gauge.clone()), fixed, detail)
    }
}

/// What every request carries beside the conversation; sizes are bytes of JSON.
pub struct Fixed<'a> {
    /// The model's id.
    pub model: &'a str,
    /// Its window in tokens.
    pub window: u64,
    /// The system prompt.
    pub system: usize,
    /// The tools that are offered, each with its size.
    pub tools: Vec<(String, usize)>,
}

fn report(gauge: &Gauge, fixed: &Fixed<'_>, detail: bool) -> Value {
    let usage = gauge.counted.as_ref().map(|(usage, _)| usage);
    let per_byte = tokens_per_byte(gauge);
    let tokens = |bytes: usize| whole(float(bytes) * per_byte);
    let (external, built_in): (Vec<_>, Vec<_>) =
        fixed.tools.iter().partition(|(name, _)| server_of(name).is_some());
    let sum = |tools: &[&(String, usize)]| tools.iter().map(|(_, bytes)| bytes).sum();
    let used = [
        ("system_prompt", "System prompt", "gray", tokens(fixed.system)),
        ("system_tools", "System tools", "blue", tokens(sum(&built_in))),
        ("mcp_tools", "MCP tools", "cyan", tokens(sum(&external))),
        ("messages", "Messages", "purple", tokens(gauge.messages)),
    ];
    let total: u64 = used.iter().map(|(_, _, _, tokens)| tokens).sum();
    let free = fixed.window.saturating_sub(total);
    let mut categories: Vec<Value> = used
        .iter()
        .filter(|(_, _, _, tokens)| *tokens > 0)
        .map(|(id, name, color, tokens)| {
            json!({ "id": id, "name": name, "tokens": tokens, "color": color, "kind": "used" })
        })
        .collect();
    categories.push(
        json!({ "id": "free_space", "name": "Free space", "tokens": free, "color": "white", "kind": "free" }),
    );
    let mcp_tools: Vec<Value> = external
        .iter()
        .map(|(name, bytes)| {
            json!({ "name": name, "serverName": server_of(name), "tokens": tokens(*bytes), "isLoaded": true })
        })
        .collect();
    let mut report = json!({
        "categories": categories,
        "totalTokens": total,
        "maxTokens": fixed.window,
        "rawMaxTokens": fixed.window,
        "percentage": percentage(total, fixed.window),
        "gridRows": grid(&categories, fixed.window),
        "model": fixed.model,
        "memoryFiles": [],
        "mcpTools": mcp_tools,
        "agents": [],
        "isAutoCompactEnabled": false,
        "apiUsage": usage.map(api_usage),
    });
    if detail {
        report["systemTools"] =
            built_in.iter().map(|(name, bytes)| json!({ "name": name, "tokens": tokens(*bytes) })).collect();
        report["systemPromptSections"] = json!([{ "name": "System prompt", "tokens": tokens(fixed.system) }]);
    }
    report
}

/// The server of an MCP tool, as its name shows it.
fn server_of(name: &str) -> Option<&str> {
    name.strip_prefix("mcp__")?.split_once("__").map(|(server, _)| server)
}

/// What the API counted for the last request tells how its tokens and our bytes compare in this conversation.
fn tokens_per_byte(gauge: &Gauge) -> f64 {
    let measured = gauge.counted.as_ref().and_then(|(usage, bytes)| {
        let input: u64 = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
            .iter()
            .filter_map(|name| usage.get(*name).and_then(Value::as_u64))
            .sum();
        (input > 0 && *bytes > 0).then(|| float(usize::try_from(input).unwrap_or(usize::MAX)) / float(*bytes))
    });
    measured.unwrap_or(1.0 / BYTES_PER_TOKEN)
}

fn api_usage(usage: &Map<String, Value>) -> Value {
    let number = |name: &str| usage.get(name).and_then(Value::as_u64).unwrap_or(0);
    json!({
        "input_tokens": number("input_tokens"),
        "output_tokens": number("output_tokens"),
        "cache_creation_input_tokens": number("cache_creation_input_tokens"),
        "cache_read_input_tokens": number("cache_read_input_tokens"),
    })
}

/// Squares in reading order, each for an equal part of the window; a category has at least one square.
fn grid(categories: &[Value], window: u64) -> Value {
    let share = float(usize::try_from(window).unwrap_or(usize::MAX)) / float(GRID * GRID);
    let mut squares = Vec::with_capacity(GRID * GRID);
    for category in categories {
        let tokens = category["tokens"].as_u64().unwrap_or(0);
        let parts = float(usize::try_from(tokens).unwrap_or(usize::MAX)) / share.max(1.0);
        let filled = category["kind"] == "used";
        let mut left = parts;
        let mut first = true;
        while squares.len() < GRID * GRID && (left > 0.0 && (first || left >= 0.5)) {
            squares.push(json!({
                "color": category["color"],
                "isFilled": filled,
                "categoryName": category["name"],
                "tokens": tokens,
                "percentage": percentage(tokens, window),
                "squareFullness": left.min(1.0),
            }));
            left -= 1.0;
            first = false;
        }
    }
    squares.chunks(GRID).map(|row| Value::Array(row.to_vec())).collect()
}

/// Whole per cent.
fn percentage(part: u64, whole_of: u64) -> u64 {
    (part.saturating_mul(100) + whole_of / 2).checked_div(whole_of).unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn float(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tokens are positive and far below 2^53"
)]
fn whole(tokens: f64) -> u64 {
    tokens.round() as u64
}

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
