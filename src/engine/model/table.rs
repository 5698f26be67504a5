//! What is known about models: limits, defaults and prices, from data.

use crate::engine::env::Env;

/// All known models.
#[derive(Debug, Clone)]
pub struct ModelTable {
    data: Data,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
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
    /// USD for one web search.
    #[serde(skip)]
    pub web_search: f64,
}

#[derive(Debug, Clone, Default)]
struct Data;

impl ModelTable {
    /// The table that is part of the product.
    pub fn builtin() -> Self {
        Self { data: Data }
    }

    /// The model that an alias, an id or an id with `[1m]` stands for.
    pub fn resolve(&self, name: &str, env: &Env) -> ModelInfo {
        let _ = (&self.data, name, env);
        todo!()
    }

    /// The name to resolve when the caller chose `option`, or nothing.
    pub fn choose<'a>(option: Option<&'a str>, env: &'a Env) -> &'a str {
        let _ = (option, env);
        todo!()
    }
}
