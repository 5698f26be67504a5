//! Assembles a request: its head, tools and headers. Its body is a concatenation (`body.rs`).

use super::body::RequestBody;
use crate::engine::model::ModelRequest;
use crate::engine::model::table::ThinkingDefault;
use crate::engine::options::Thinking;
use crate::engine::session::history::History;
use crate::engine::session::live::Settings;
use crate::engine::session::run::Session;
use serde_json::{Value, json};

/// The request for the history as it is; `last` keeps its body for the next one.
pub fn build(session: &Session, history: &History, last: &mut RequestBody) -> ModelRequest {
    let settings = session.live.get();
    let tools = session.tools.definitions(&settings.model);
    let mut head = String::with_capacity(512);
    head.push('{');
    for (name, value) in self::head(session, &settings) {
        // Names are literals and values are JSON, so this is the JSON of one member.
        head.push('"');
        head.push_str(name);
        head.push_str("\":");
        head.push_str(&value.to_string());
        head.push(',');
    }
    let mut opening = vec![&*head, "\"system\":", &session.system];
    if &*tools != "[]" {
        opening.extend([",\"tools\":", &tools]);
    }
    opening.push(",\"messages\":[");
    let caching = !session.env.flag("DISABLE_PROMPT_CACHING");
    let body = last.build(&opening, history.segments(), caching);
    ModelRequest { body, headers: headers(session, &settings) }
}

/// The members of the body before the long ones.
fn head(session: &Session, settings: &Settings) -> Vec<(&'static str, Value)> {
    let model = &settings.model;
    // The table has applied CLAUDE_CODE_MAX_OUTPUT_TOKENS already.
    let max_tokens = model.max_output;
    let mut head =
        vec![("model", json!(model.id)), ("max_tokens", json!(max_tokens)), ("stream", json!(true))];
    let thinking = thinking(session, settings, max_tokens);
    if let Some(thinking) = thinking {
        head.push(("thinking", thinking));
    }
    if let Some(effort) = effort(session, settings) {
        head.push(("output_config", json!({ "effort": effort })));
    }
    let user = json!({ "session_id": &*session.id }).to_string();
    head.push(("metadata", json!({ "user_id": user })));
    head
}

const EFFORT_LEVELS: [&str; 5] = ["low", "medium", "high", "xhigh", "max"];

/// The effort that requests ask for now, if any.
pub fn effort<'a>(session: &'a Session, settings: &'a Settings) -> Option<&'a str> {
    let model = &settings.model;
    let by_model = model.effort.as_deref();
    // A known model that has no effort of its own takes none; what an unknown one takes is for the caller to say.
    if by_model.is_none() && model.prices.is_some() {
        return None;
    }
    let wanted = match session.env.get("CLAUDE_CODE_EFFORT_LEVEL") {
        Some("auto") => by_model,
        Some(level) if EFFORT_LEVELS.contains(&level) => Some(level),
        Some(_) | None => settings.effort.as_deref().or(by_model),
    };
    let rank = |level: &str| EFFORT_LEVELS.iter().position(|known| *known == level);
    match (wanted, settings.effort_ceiling.as_deref()) {
        (Some(wanted), Some(ceiling)) if rank(wanted) > rank(ceiling) => Some(ceiling),
        (wanted, Some(_) | None) => wanted,
    }
}

/// The smallest thinking budget that the API takes.
const SMALLEST_BUDGET: u64 = 1024;

fn thinking(session: &Session, settings: &Settings, max_tokens: u64) -> Option<Value> {
    if session.env.flag("CLAUDE_CODE_DISABLE_THINKING") {
        return None;
    }
    let model = &settings.model;
    let default_budget = match &model.thinking {
        ThinkingDefault::Enabled { budget_tokens } => *budget_tokens,
        ThinkingDefault::Adaptive | ThinkingDefault::None => 31_999,
    };
    let by_env = session.env.number("MAX_THINKING_TOKENS").map(|tokens| match tokens {
        0 => Thinking::Disabled,
        tokens => Thinking::Enabled { budget: Some(tokens), display: None },
    });
    let by_model = || match &model.thinking {
        ThinkingDefault::Adaptive => Some(Thinking::Adaptive { display: None }),
        ThinkingDefault::Enabled { budget_tokens } => {
            Some(Thinking::Enabled { budget: Some(*budget_tokens), display: None })
        }
        ThinkingDefault::None => None,
    };
    let fixed_only = session.env.flag("CLAUDE_CODE_DISABLE_ADAPTIVE_THINKING");
    let (kind, budget, display) = match settings.thinking.clone().or(by_env).or_else(by_model)? {
        Thinking::Disabled => return None,
        // Adaptive models choose their own budget (row 49); others need one.
        Thinking::Adaptive { display } if model.supports_adaptive && !fixed_only => {
            ("adaptive", None, display)
        }
        Thinking::Adaptive { display } => ("enabled", Some(default_budget), display),
        Thinking::Legacy { display, .. } if model.supports_adaptive && !fixed_only => {
            ("adaptive", None, display)
        }
        Thinking::Legacy { tokens, display } => ("enabled", Some(tokens), display),
        Thinking::Enabled { budget: None, display } => ("enabled", Some(default_budget), display),
        Thinking::Enabled { budget, display } => ("enabled", budget, display),
    };
    let mut value = json!({ "type": kind });
    if let Some(budget) = budget {
        let most = max_tokens.saturating_sub(1);
        if most < SMALLEST_BUDGET {
            return None;
        }
        value["budget_tokens"] = budget.clamp(SMALLEST_BUDGET, most).into();
    }
    if let Some(display) = display {
        value["display"] = display.into();
    }
    Some(value)
}

fn headers(session: &Session, settings: &Settings) -> Vec<(String, String)> {
    let mut betas = session.options.betas.clone();
    // Retired: accepted and ignored (row 52).
    betas.retain(|beta| beta != "context-1m-2025-08-07");
    // Thinking between tool calls is built into adaptive models; fixed budgets need this header for it.
    if !settings.model.supports_adaptive && !session.env.flag("DISABLE_INTERLEAVED_THINKING") {
        betas.push("interleaved-thinking-2025-05-14".into());
    }
    let mut headers = vec![("x-claude-code-session-id".to_owned(), session.id.to_string())];
    if !betas.is_empty() {
        headers.push(("anthropic-beta".to_owned(), betas.join(",")));
    }
    headers
}
