//! Checks on headers and on the body as a whole.

use super::{Failure, fail};
use crate::scripted::rules::Context;

type Check = Result<(), Failure>;

pub fn auth(context: &Context<'_>) -> Check {
    let headers = &context.request.headers;
    let bearer = headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let key = headers.get("x-api-key").map(String::as_str);
    let Some(given) = key.or(bearer).filter(|given| !given.trim().is_empty()) else {
        return fail("x-api-key header is required");
    };
    match context.api_key {
        Some(right) if right != given && key.is_some() => fail("invalid x-api-key"),
        Some(right) if right != given => fail("Invalid bearer token"),
        _ => Ok(()),
    }
}

/// Versions of the API that this server speaks: the one that the engine uses, and the one of the vendor's newest client.
const VERSIONS: [&str; 2] = ["2023-06-01", NO_SAMPLING];
/// From this version on there are no sampling parameters.
const NO_SAMPLING: &str = "2026-10-21";

/// `temperature`, `top_p` and `top_k` are gone, even with the values that were their defaults.
pub fn version_sampling(context: &Context<'_>) -> Check {
    if context.request.headers.get("anthropic-version").map(String::as_str) != Some(NO_SAMPLING) {
        return Ok(());
    }
    match ["temperature", "top_p", "top_k"].into_iter().find(|name| context.field(name).is_some()) {
        Some(name) => fail(format!("{name}: `{name}` is not supported in anthropic-version {NO_SAMPLING}")),
        None => Ok(()),
    }
}

pub fn version(context: &Context<'_>) -> Check {
    match context.request.headers.get("anthropic-version").map(String::as_str) {
        Some(version) if VERSIONS.contains(&version) => Ok(()),
        Some(other) => fail(format!("anthropic-version: \"{other}\" is not a valid version")),
        None => fail("anthropic-version: header is required"),
    }
}

pub fn content_type(context: &Context<'_>) -> Check {
    let value = context.request.headers.get("content-type").map_or("", String::as_str);
    let kind = value.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    fail(format!("content-type: application/json is required, not \"{value}\""))
}

/// Values of `anthropic-beta` that are published, in the client's typings or on the pages about a feature.
const BETAS: &[&str] = &[
    "message-batches-2024-09-24",
    "prompt-caching-2024-07-31",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "computer-use-2025-11-24",
    "pdfs-2024-09-25",
    "token-counting-2024-11-01",
    "token-efficient-tools-2025-02-19",
    "output-128k-2025-02-19",
    "files-api-2025-04-14",
    "mcp-client-2025-04-04",
    "mcp-client-2025-11-20",
    "dev-full-thinking-2025-05-14",
    "interleaved-thinking-2025-05-14",
    "fine-grained-tool-streaming-2025-05-14",
    "code-execution-2025-05-22",
    "code-execution-2025-08-25",
    "extended-cache-ttl-2025-04-11",
    "context-1m-2025-08-07",
    "context-management-2025-06-27",
    "model-context-window-exceeded-2025-08-26",
    "web-fetch-2025-09-10",
    "skills-2025-10-02",
    "structured-outputs-2025-11-13",
    "advanced-tool-use-2025-11-20",
    "effort-2025-11-24",
    "compact-2026-01-12",
    "fast-mode-2026-02-01",
    "output-300k-2026-03-24",
    "user-profiles-2026-03-24",
    "user-profiles-2026-08-18",
    "advisor-tool-2026-03-01",
    "managed-agents-2026-04-01",
    "cache-diagnosis-2026-04-07",
    "dreaming-2026-04-21",
    "thinking-token-count-2026-05-13",
    "server-side-fallback-2026-06-01",
    "server-side-fallback-2026-07-01",
    "fallback-credit-2026-06-01",
    "fallback-credit-2026-07-01",
    "agent-memory-2026-07-22",
    "mid-conversation-tool-changes-2026-07-01",
];

/// The values of the `anthropic-beta` header.
pub fn beta_values<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let header = context.request.headers.get("anthropic-beta");
    header.into_iter().flat_map(|value| value.split(',')).map(str::trim)
}

pub fn beta(context: &Context<'_>) -> Check {
    let unknown = |value: &&str| !BETAS.contains(value) && !context.betas.iter().any(|beta| beta == value);
    match beta_values(context).find(unknown) {
        Some(value) => {
            fail(format!("anthropic-beta: Unexpected value(s) `{value}` for the `anthropic-beta` header"))
        }
        None => Ok(()),
    }
}

pub fn size(context: &Context<'_>) -> Check {
    if context.request.too_large { fail("Request exceeds the maximum size") } else { Ok(()) }
}

pub fn json(context: &Context<'_>) -> Check {
    match &context.request.parse_error {
        Some(error) => fail(format!("The request body is not valid JSON: {error}")),
        None if context.request.body.is_object() => Ok(()),
        None => fail("Input should be a valid dictionary"),
    }
}
