//! The rules of the real API that strict mode enforces: one table with id, text and source of each.
//!
//! Sources: "client typings" are the parameter types and their comments in the vendor's open-source client
//! (`anthropic-sdk-typescript`, `resources/messages`, `resources/beta/messages`); "API docs" are the public pages named.
//! Rules are judged in order and the first broken one answers, so shapes stand before what builds on them.

use super::checks::{Failure, fields, headers, media, messages, pairing, params, thinking, tools};
use super::error;
use super::memory::Memory;
use super::request::Arrived;

/// What a check looks at.
pub struct Context<'a> {
    pub request: &'a Arrived,
    pub memory: &'a Memory,
    pub api_key: Option<&'a str>,
    pub betas: &'a [String],
}

/// A request refused, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub rule: &'static str,
    pub status: u16,
    pub kind: &'static str,
    pub message: String,
}

/// Which requests a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every endpoint of the API.
    Every,
    /// Messages and token counting.
    Bodies,
    /// Messages only.
    Messages,
}

/// One rule of the API.
pub struct StrictRule {
    pub id: &'static str,
    pub text: &'static str,
    pub source: &'static str,
    pub scope: Scope,
    pub status: u16,
    check: fn(&Context<'_>) -> Result<(), Failure>,
}

const fn rule(
    id: &'static str,
    scope: Scope,
    check: fn(&Context<'_>) -> Result<(), Failure>,
    text: &'static str,
    source: &'static str,
) -> StrictRule {
    StrictRule { id, text, source, scope, status: 400, check }
}

const fn with_status(status: u16, rule: StrictRule) -> StrictRule {
    StrictRule { status, ..rule }
}

use Scope::{Bodies, Every, Messages};

const TYPES: &str = "client typings";
const HTTP: &str = "API docs: API overview, errors";
const CACHE: &str = "API docs: prompt caching; client typings: CacheControlEphemeral";
const THINK: &str = "API docs: extended thinking; client typings: ThinkingConfigParam";
const TOOLS: &str = "API docs: handle tool calls; client typings: ToolUseBlockParam, ToolResultBlockParam";
const VISION: &str = "API docs: vision; client typings: ImageBlockParam";

/// Every strict rule, in the order of judging.
#[rustfmt::skip]
pub const RULES: &[StrictRule] = &[
    with_status(401, rule("header.auth", Every, headers::auth, "x-api-key or Authorization: Bearer is there, and right", HTTP)),
    rule("header.version", Every, headers::version, "anthropic-version is 2023-06-01 or 2026-10-21", "API docs: versions; the client's default header"),
    rule("header.content_type", Bodies, headers::content_type, "content-type is application/json", HTTP),
    rule("header.beta", Every, headers::beta, "anthropic-beta holds known values, none empty", "client typings: AnthropicBeta"),
    with_status(413, rule("body.size", Bodies, headers::size, "the body has at most 32 MB", "API docs: errors (request_too_large)")),
    rule("body.json", Bodies, headers::json, "the body is a JSON object", HTTP),
    rule("body.fields", Bodies, fields::top_level, "no unknown top-level field", "client typings: MessageCreateParamsBase, MessageCountTokensParams"),
    rule("body.beta_fields", Bodies, fields::beta_only, "beta fields come with their anthropic-beta header", "client typings: resources/messages beside resources/beta/messages"),
    rule("model.string", Bodies, params::model, "model is a non-empty string", TYPES),
    rule("max_tokens.range", Messages, params::max_tokens, "max_tokens is an integer from 1 to the model's limit", "client typings: max_tokens; API docs: models overview"),
    rule("stream.boolean", Messages, params::stream, "stream is a boolean", TYPES),
    rule("metadata.shape", Messages, params::metadata, "metadata holds only user_id, a string", "client typings: Metadata"),
    rule("stop_sequences.shape", Messages, params::stop_sequences, "stop_sequences are strings, none of whitespace only", "client typings; API docs: handling stop reasons"),
    rule("version.sampling", Messages, headers::version_sampling, "no sampling parameters from 2026-10-21 on", "API docs: versions"),
    rule("sampling.range", Messages, params::sampling, "temperature and top_p in 0..=1, top_k not negative; none for models after Opus 4.6", "client typings: comments on temperature, top_p, top_k"),
    rule("service_tier.value", Messages, params::service_tier, "service_tier is auto or standard_only", TYPES),
    rule("speed.value", Bodies, params::speed, "speed is standard or fast", "client typings: beta speed"),
    rule("output_config.shape", Bodies, params::output_config, "effort is low, medium, high, xhigh or max on a model that takes it; format is a json_schema", "client typings: OutputConfig, JSONOutputFormat; API docs: effort"),
    rule("context_management.shape", Bodies, params::context_management, "context_management holds known edits", "client typings: BetaContextManagementConfig"),
    rule("mcp_servers.shape", Bodies, params::mcp_servers, "mcp_servers have type url, a name and a url", "client typings: BetaRequestMCPServerURLDefinition"),
    rule("system.shape", Bodies, params::system, "system is a string or an array of non-empty text blocks", "client typings: system"),
    rule("messages.array", Bodies, messages::array, "messages is a non-empty array of objects", TYPES),
    rule("messages.role", Bodies, messages::role, "roles are user and assistant", "API docs: working with messages; the typings also allow system, which this server refuses on purpose"),
    rule("messages.first_user", Bodies, messages::first_user, "the first message is the user's", "API docs: working with messages"),
    rule("messages.fields", Bodies, messages::fields, "a message has role and content only", "client typings: MessageParam"),
    rule("messages.content", Bodies, messages::content, "content is a string or array, empty only in a last assistant message", "API docs: working with messages; client typings: MessageParam"),
    rule("block.type", Bodies, messages::block_type, "content blocks have a known type", "client typings: ContentBlockParam"),
    rule("cache.placement", Bodies, fields::cache_placement, "no cache_control on thinking or on empty text", CACHE),
    rule("block.fields", Bodies, fields::blocks, "content blocks have only the fields of their type, all required ones among them", "client typings: ...BlockParam"),
    rule("block.role", Bodies, messages::block_role, "tool_use and thinking are the assistant's, tool_result and media the user's", TOOLS),
    rule("text.empty", Bodies, messages::text_empty, "text blocks are not empty", "API docs: errors"),
    rule("text.whitespace", Bodies, messages::text_whitespace, "text blocks hold more than whitespace", "API docs: errors"),
    rule("tool_use.shape", Bodies, pairing::tool_use_shape, "a tool_use has an id of [a-zA-Z0-9_-], a name, and an object as input", "client typings: ToolUseBlockParam"),
    rule("tool_use.duplicate", Bodies, pairing::tool_use_duplicate, "tool_use ids are unique in a conversation", TOOLS),
    rule("tool_result.shape", Bodies, pairing::tool_result_shape, "tool_result content is a string or text, image, document, search_result or tool_reference blocks", "client typings: ToolResultBlockParam"),
    rule("tool_result.duplicate", Bodies, pairing::tool_result_duplicate, "one tool_result for a tool_use", TOOLS),
    rule("tool_result.orphan", Bodies, pairing::tool_result_orphan, "a tool_result answers a tool_use of the message before", TOOLS),
    rule("tool_use.unanswered", Bodies, pairing::tool_use_unanswered, "the very next message answers every tool_use", TOOLS),
    rule("tool_result.first", Bodies, pairing::tool_result_first, "tool_results stand at the front of their message", TOOLS),
    rule("cache.shape", Bodies, fields::cache_shape, "cache_control is {type: ephemeral, ttl?: 5m | 1h}", CACHE),
    rule("cache.breakpoints", Bodies, fields::cache_breakpoints, "at most 4 blocks have cache_control", CACHE),
    rule("cache.ttl_order", Bodies, fields::cache_ttl_order, "longer ttl come before shorter ones", CACHE),
    rule("tools.shape", Bodies, tools::shape, "tools is an array of objects with known fields", "client typings: Tool, ToolUnion"),
    rule("tools.name", Bodies, tools::name, "tool names match ^[a-zA-Z0-9_-]{1,128}$", "API docs: define tools"),
    rule("tools.unique", Bodies, tools::unique, "tool names are unique", "API docs: define tools"),
    rule("tools.schema", Bodies, tools::schema, "input_schema is a JSON schema of type object without oneOf, allOf, anyOf at its root", "client typings: Tool.InputSchema; API docs: define tools"),
    rule("tools.deferred", Bodies, tools::deferred, "not every tool is deferred", "API docs: tool search"),
    rule("tool_choice.shape", Bodies, tools::choice, "tool_choice is auto, any, tool or none, and names a tool that is offered", "client typings: ToolChoice"),
    rule("thinking.shape", Bodies, thinking::shape, "thinking is enabled, disabled or adaptive with the fields of its type", THINK),
    rule("thinking.budget", Bodies, thinking::budget, "budget_tokens is at least 1024 and less than max_tokens", THINK),
    rule("thinking.model", Bodies, thinking::model, "the model takes this kind of thinking", "API docs: adaptive thinking"),
    rule("thinking.sampling", Messages, thinking::sampling, "no temperature, top_k or low top_p with thinking", THINK),
    rule("thinking.tool_choice", Bodies, thinking::tool_choice, "no forced tool use with thinking", THINK),
    rule("thinking.prefill", Messages, thinking::prefill, "no last assistant message with thinking", THINK),
    rule("thinking.altered", Bodies, thinking::altered, "thinking blocks come back as they were sent", THINK),
    rule("thinking.dropped", Bodies, thinking::dropped, "the thinking before a tool_use comes back with its tool_result", THINK),
    rule("prefill.model", Messages, messages::prefill_model, "models after Opus 4.6 take no last assistant message", "API docs: prefill"),
    rule("prefill.whitespace", Bodies, messages::prefill_whitespace, "a last assistant message does not end in whitespace", "API docs: prefill"),
    rule("image.source", Bodies, media::image_source, "an image source is base64, url or file with its fields", VISION),
    rule("image.media_type", Bodies, media::image_media_type, "an image is jpeg, png, gif or webp, and is what it says", VISION),
    rule("image.size", Bodies, media::image_size, "an image has at most 5 MB", VISION),
    rule("document.source", Bodies, media::document_source, "a document is a PDF, plain text, content, url or file; a PDF begins as one", "client typings: DocumentBlockParam; API docs: PDF support"),
];

/// Whether a strict rule has this id.
pub fn is_known(id: &str) -> bool {
    RULES.iter().any(|rule| rule.id == id)
}

/// The first rule that the request breaks.
pub fn judge(context: &Context<'_>) -> Option<Refusal> {
    RULES.iter().filter(|rule| rule.scope.covers(context.request)).find_map(|rule| rule.refuses(context))
}

/// Judges the key alone: what is left of the rules when a scenario is not strict but sets a key.
pub fn judge_key(context: &Context<'_>) -> Option<Refusal> {
    context.api_key?;
    let mut rules = RULES.iter().filter(|rule| rule.status == 401 && rule.scope.covers(context.request));
    rules.find_map(|rule| rule.refuses(context))
}

impl StrictRule {
    fn refuses(&self, context: &Context<'_>) -> Option<Refusal> {
        let Err(Failure(message)) = (self.check)(context) else { return None };
        Some(Refusal { rule: self.id, status: self.status, kind: error::kind_of(self.status), message })
    }
}

impl Scope {
    fn covers(self, request: &Arrived) -> bool {
        match self {
            Self::Every => request.path.starts_with("/v1/"),
            Self::Bodies => request.is_messages() || request.is_count(),
            Self::Messages => request.is_messages(),
        }
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
