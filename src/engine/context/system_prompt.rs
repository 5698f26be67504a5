//! The system prompt as the API takes it: a JSON array of text blocks, marked for caching.

use crate::engine::options::{SYSTEM_PROMPT_DYNAMIC_BOUNDARY, SystemPrompt};
use serde_json::{Value, json};

/// Our own prompt when the host gives none: at most 150 tokens.
const MINIMAL: &str = "You are an agent that works through the tools you are given. Look before you change \
anything, act instead of describing what could be done, and check the outcome of what you did. Paths given to tools \
are absolute. Stop when the task is done, and say in a few plain sentences what you found and what you changed. If a \
call is refused, do not try to get around it: say what you could not do.";

/// Our full prompt for coding work.
const CODING: &str = include_str!("text/coding.md");

/// The `system` member of a request. `append` is a last block; `caching` false leaves out every mark.
pub fn build(prompt: &SystemPrompt, append: Option<&str>, caching: bool) -> Box<str> {
    let mut blocks = match prompt {
        SystemPrompt::Minimal => vec![MINIMAL.to_owned()],
        SystemPrompt::Custom(blocks) => blocks.clone(),
        SystemPrompt::Preset { append: None } => vec![CODING.trim_end().to_owned()],
        SystemPrompt::Preset { append: Some(text) } => vec![CODING.trim_end().to_owned(), text.clone()],
    };
    blocks.extend(append.map(str::to_owned));
    // What stands after the boundary differs between sessions, so the mark goes before it.
    let boundary = blocks.iter().position(|block| block == SYSTEM_PROMPT_DYNAMIC_BOUNDARY);
    let stable = boundary.unwrap_or(blocks.len());
    let kept: Vec<&String> = blocks.iter().filter(|block| *block != SYSTEM_PROMPT_DYNAMIC_BOUNDARY).collect();
    let last_stable = kept.iter().take(stable).rposition(|block| !block.trim().is_empty());
    let system: Vec<Value> = kept
        .iter()
        .enumerate()
        .filter(|(_, block)| !block.trim().is_empty())
        .map(|(i, block)| {
            let mut value = json!({ "type": "text", "text": block });
            if caching && Some(i) == last_stable {
                value["cache_control"] = json!({ "type": "ephemeral" });
            }
            value
        })
        .collect();
    Value::Array(system).to_string().into_boxed_str()
}

#[cfg(test)]
#[path = "system_prompt_tests.rs"]
mod tests;
