//! What is known about models: limits, defaults and prices, from data.

use crate::engine::env::Env;
use serde::Deserialize;
use std::sync::{Arc, LazyLock};

/// The window that the suffix `[1m]` asks for.
const MILLION: u64 = 1_000_000;
/// The API takes no smaller thinking budget.
const LEAST_BUDGET: u64 = 1024;

/// All known models. The data is `models.json`.
#[derive(Debug, Clone, Default)]
pub struct ModelTable {
    models: Arc<[ModelInfo]>,
    unknown_window: u64,
    unknown_max_output: u64,
}

/// What is known about one model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelInfo {
    /// The id that is sent to the API.
    pub id: String,
    /// Short names that lead here.
    pub aliases: Vec<String>,
    /// Tokens of context.
    pub window: u64,
    /// What is sent as `max_tokens`.
    pub max_output: u64,
    /// Thinking when the caller says nothing.
    pub thinking: ThinkingDefault,
    /// Effort when the caller says nothing.
    pub effort: Option<String>,
    /// Prices; `None` when they are not known.
    pub prices: Option<Prices>,
    /// Whether `thinking: {type: "adaptive"}` is understood.
    pub supports_adaptive: bool,
    /// Whether `context_management` is understood.
    pub supports_context_management: bool,
}

/// Thinking when the caller says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThinkingDefault {
    /// The model decides how much.
    Adaptive,
    /// A fixed budget.
    Enabled {
        /// Tokens.
        budget_tokens: u64,
    },
    /// The parameter is left out.
    #[default]
    None,
}

/// USD per million tokens, and per web search.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Uncached input.
    pub input: f64,
    /// Output, thinking included.
    pub output: f64,
    /// Cache writes that live for five minutes.
    pub cache_write_5m: f64,
    /// Cache writes that live for an hour.
    pub cache_write_1h: f64,
    /// Cache reads.
    pub cache_read: f64,
    /// USD for one web search; filled in from the table.
    #[serde(skip)]
    pub web_search: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    web_search_per_1000: f64,
    unknown: Limits,
    models: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    window: u64,
    max_output: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    window: u64,
    max_output: u64,
    #[serde(default)]
    thinking: ThinkingDefault,
    effort: Option<String>,
    prices: Option<Prices>,
    #[serde(default = "yes")]
    context_management: bool,
}

fn yes() -> bool {
    true
}

impl ModelTable {
    /// The table that is part of the product. Its rows are shared: a copy costs next to nothing.
    pub fn builtin() -> Self {
        // Parsed once a process. The data is part of the binary and a test reads it: it cannot fail here.
        static PARSED: LazyLock<ModelTable> =
            LazyLock::new(|| ModelTable::from_json(include_str!("models.json")).unwrap_or_default());
        PARSED.clone()
    }

    /// A table from text in the form of `models.json`.
    ///
    /// # Errors
    /// When the text has another form.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let data: Data = serde_json::from_str(text)?;
        let web_search = data.web_search_per_1000 / 1000.0;
        let models = data.models.into_iter().map(|row| ModelInfo {
            id: row.id,
            aliases: row.aliases,
            window: row.window,
            max_output: row.max_output,
            thinking: row.thinking,
            effort: row.effort,
            prices: row.prices.map(|prices| Prices { web_search, ..prices }),
            supports_adaptive: row.thinking == ThinkingDefault::Adaptive,
            supports_context_management: row.context_management,
        });
        Ok(Self {
            models: models.collect(),
            unknown_window: data.unknown.window,
            unknown_max_output: data.unknown.max_output,
        })
    }

    /// Every known model, the default one first.
    pub fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    /// The name to resolve when the caller chose `option`, or nothing.
    pub fn choose<'a>(option: Option<&'a str>, env: &'a Env) -> &'a str {
        option
            .filter(|name| !name.trim().is_empty())
            .or_else(|| env.get("ANTHROPIC_MODEL"))
            .or_else(|| env.get("ANTHROPIC_DEFAULT_MODEL"))
            .unwrap_or("default")
    }

    /// The model that an alias, an id or either with `[1m]` stands for, with the limits that the environment sets:
    /// `ANTHROPIC_DEFAULT_{OPUS,SONNET,HAIKU,FABLE}_MODEL`, `CLAUDE_CODE_MAX_OUTPUT_TOKENS`,
    /// `CLAUDE_CODE_MAX_CONTEXT_TOKENS`, `CLAUDE_CODE_DISABLE_1M_CONTEXT`.
    ///
    /// An id that is not in the table is taken as it is, without prices.
    pub fn resolve(&self, name: &str, env: &Env) -> ModelInfo {
        let (name, asked_long) = split_suffix(name);
        let alias = name.to_lowercase();
        let by_alias = self.models.iter().find(|model| model.aliases.contains(&alias));
        let (mut info, long) = match (by_alias, redirect(&alias).and_then(|var| env.get(var))) {
            (Some(_), Some(target)) => {
                let (id, target_long) = split_suffix(target);
                (self.by_id(id), asked_long || target_long)
            }
            (Some(model), None) => (model.clone(), asked_long),
            (None, _) => (self.by_id(name), asked_long),
        };
        if long && !env.flag("CLAUDE_CODE_DISABLE_1M_CONTEXT") {
            info.window = info.window.max(MILLION);
        }
        if let Some(window) = env.number("CLAUDE_CODE_MAX_CONTEXT_TOKENS").filter(|n| *n > 0) {
            info.window = window;
        }
        if let Some(cap) = env.number("CLAUDE_CODE_MAX_OUTPUT_TOKENS").filter(|n| *n > 0) {
            let known = self.models.iter().any(|model| covers(&model.id, &info.id));
            info.max_output = if known { cap.min(info.max_output) } else { cap };
        }
        info.thinking = fit(info.thinking, info.max_output);
        info
    }

    fn by_id(&self, id: &str) -> ModelInfo {
        match self.models.iter().find(|model| covers(&model.id, id)) {
            Some(model) => ModelInfo { id: id.to_owned(), ..model.clone() },
            None => ModelInfo {
                id: id.to_owned(),
                aliases: Vec::new(),
                window: self.unknown_window,
                max_output: self.unknown_max_output,
                thinking: ThinkingDefault::None,
                effort: None,
                prices: None,
                supports_adaptive: false,
                supports_context_management: true,
            },
        }
    }
}

/// Whether `id` is the model `known`, as it is or with a date.
fn covers(known: &str, id: &str) -> bool {
    id.strip_prefix(known).is_some_and(|rest| {
        let date = rest.strip_prefix('-').unwrap_or_default();
        rest.is_empty() || date == "latest" || (date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()))
    })
}

fn split_suffix(name: &str) -> (&str, bool) {
    let name = name.trim();
    match name.len().checked_sub(4).and_then(|at| name.split_at_checked(at)) {
        Some((rest, suffix)) if suffix.eq_ignore_ascii_case("[1m]") => (rest.trim_end(), true),
        _ => (name, false),
    }
}

/// The variable that redirects an alias.
fn redirect(alias: &str) -> Option<&'static str> {
    match alias {
        "default" | "opus" | "best" => Some("ANTHROPIC_DEFAULT_OPUS_MODEL"),
        "sonnet" | "opusplan" => Some("ANTHROPIC_DEFAULT_SONNET_MODEL"),
        "haiku" => Some("ANTHROPIC_DEFAULT_HAIKU_MODEL"),
        "fable" => Some("ANTHROPIC_DEFAULT_FABLE_MODEL"),
        _ => None,
    }
}

/// A thinking budget that leaves room for an answer, or none.
fn fit(thinking: ThinkingDefault, max_output: u64) -> ThinkingDefault {
    match thinking {
        ThinkingDefault::Enabled { budget_tokens } => match budget_tokens.min(max_output.saturating_sub(1)) {
            budget if budget < LEAST_BUDGET => ThinkingDefault::None,
            budget_tokens => ThinkingDefault::Enabled { budget_tokens },
        },
        ThinkingDefault::Adaptive | ThinkingDefault::None => thinking,
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
