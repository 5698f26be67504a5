//! WebSearch: searches the web through the API's own search tool, in a call beside the conversation.

use crate::engine::model::Reply;
use crate::engine::session::side::Failed;
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Searches that one call may make (row 282).
const SEARCHES: u64 = 8;
/// Calls of one session, unless `CLAUDE_CODE_MAX_WEB_SEARCHES_PER_SESSION` says otherwise (row 282).
const CALLS: u64 = 200;
/// Tokens of the reply.
const REPLY_TOKENS: u32 = 8192;

/// Searches the web.
#[derive(Debug)]
pub struct WebSearch {
    schema: Value,
}

#[derive(serde::Deserialize)]
struct Input {
    query: String,
    #[serde(default)]
    allowed_domains: Vec<String>,
    #[serde(default)]
    blocked_domains: Vec<String>,
}

impl Default for WebSearch {
    fn default() -> Self {
        Self::new()
    }
}

impl WebSearch {
    /// The tool.
    pub fn new() -> Self {
        let domains = |text: &str| json!({ "type": "array", "items": { "type": "string", "minLength": 1 }, "description": text });
        let schema = json!({
            "type": "object",
            "properties": {
                "query": { "type": "string", "minLength": 2, "description": "What to search for." },
                "allowed_domains": domains("Only results from these domains. Not together with blocked_domains."),
                "blocked_domains": domains("No results from these domains.")
            },
            "required": ["query"],
            "additionalProperties": false
        });
        Self { schema }
    }
}

fn parse(input: &Value) -> Result<Input, ToolError> {
    let input: Input = serde::Deserialize::deserialize(input).map_err(ToolError::bug)?;
    let wrong = |text: &str| Err(ToolError::Respond(text.to_owned()));
    if input.query.trim().chars().count() < 2 {
        return wrong("query is empty or too short. Say what to search for.");
    }
    if !input.allowed_domains.is_empty() && !input.blocked_domains.is_empty() {
        return wrong("Give allowed_domains or blocked_domains, not both.");
    }
    let all = input.allowed_domains.iter().chain(&input.blocked_domains);
    if let Some(domain) =
        all.into_iter().find(|domain| domain.contains("://") || domain.contains(char::is_whitespace))
    {
        return Err(ToolError::Respond(format!("{domain:?} is no domain. Give one such as example.com.")));
    }
    Ok(input)
}

impl Tool for WebSearch {
    fn name(&self) -> &'static str {
        "WebSearch"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/web_search.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, input: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        parse(input)?;
        Ok(Declared { access: Access::None, parallel: true })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move {
            let input = parse(&input)?;
            let most = cx.env.number("CLAUDE_CODE_MAX_WEB_SEARCHES_PER_SESSION").unwrap_or(CALLS);
            if !cx.services.web.may_search(most) {
                return Err(ToolError::Respond(format!(
                    "This session has used all of its {most} web searches. Go on with what you know, and say so."
                )));
            }
            let began = cx.clock.elapsed();
            let side = &cx.services.side;
            let model = side.small_model();
            let reply = side.ask(&model, &request(&input, &model.id), &cx.cancel).await.map_err(|failed| match failed {
                Failed::Cancelled => ToolError::Cancelled,
                Failed::Api(failure) => ToolError::Respond(format!("The search failed: {}", failure.message)),
            })?;
            let found = read(&reply);
            let structured = json!({
                "query": input.query,
                "results": found.results,
                "durationSeconds": cx.clock.elapsed().saturating_sub(began).as_secs_f64(),
                "searchCount": found.searches
            });
            Ok(ToolOutput::text(found.text, structured))
        }
        .boxed()
    }
}

fn request(input: &Input, model: &str) -> Value {
    let mut tool = json!({ "type": "web_search_20250305", "name": "web_search", "max_uses": SEARCHES });
    if !input.allowed_domains.is_empty() {
        tool["allowed_domains"] = json!(input.allowed_domains);
    }
    if !input.blocked_domains.is_empty() {
        tool["blocked_domains"] = json!(input.blocked_domains);
    }
    json!({
        "model": model,
        "max_tokens": REPLY_TOKENS,
        "stream": true,
        "system": [{ "type": "text", "text": include_str!("../text/web_search_searcher.md").trim_end() }],
        "messages": [{ "role": "user", "content": format!("Search the web for: {}", input.query) }],
        "tools": [tool]
    })
}

/// What a reply holds.
struct Found {
    results: Vec<Value>,
    searches: usize,
    text: String,
}

/// Titles and URLs by search, and what the model said between them, in order.
fn read(reply: &Reply) -> Found {
    let mut found = Found { results: Vec::new(), searches: 0, text: String::new() };
    let mut said = String::new();
    for block in &reply.blocks {
        let Ok(block) = serde_json::from_str::<Value>(block.json.get()) else { continue };
        match block["type"].as_str() {
            Some("text") => said.push_str(block["text"].as_str().unwrap_or_default()),
            Some("web_search_tool_result") => {
                close(&mut found, &mut said);
                found.searches += 1;
                push_result(&mut found, &block);
            }
            _ => {}
        }
    }
    close(&mut found, &mut said);
    if found.text.is_empty() {
        found.text.push_str("The search found nothing.");
    } else {
        found.text.push_str("\nName the sources that you use in your answer, as links.");
    }
    found
}

/// Ends a stretch of text.
fn close(found: &mut Found, said: &mut String) {
    let text = said.trim();
    if !text.is_empty() {
        let _ = writeln!(found.text, "{text}\n");
        found.results.push(text.into());
    }
    said.clear();
}

fn push_result(found: &mut Found, block: &Value) {
    let Some(hits) = block["content"].as_array() else {
        let code = block["content"]["error_code"].as_str().unwrap_or("unknown");
        let text = format!("A search failed: {code}.");
        let _ = writeln!(found.text, "{text}\n");
        found.results.push(text.into());
        return;
    };
    let mut content = Vec::with_capacity(hits.len());
    for hit in hits {
        let (title, url) =
            (hit["title"].as_str().unwrap_or_default(), hit["url"].as_str().unwrap_or_default());
        let _ = writeln!(found.text, "- [{title}]({url})");
        content.push(json!({ "title": title, "url": url }));
    }
    found.text.push('\n');
    found.results.push(json!({ "tool_use_id": block["tool_use_id"], "content": content }));
}

#[cfg(test)]
#[path = "web_search_tests.rs"]
mod tests;
