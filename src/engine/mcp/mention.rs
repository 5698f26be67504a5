//! `@server:scheme://path` in a prompt: the resource goes to the model with it.

use super::servers::Servers;
use crate::engine::env::Env;
use crate::engine::tool::ToolContent;
use serde_json::{Value, json};

/// How many resources one prompt may attach.
const MOST: usize = 20;

impl Servers {
    /// Content blocks with the resources that `text` mentions. A mention of what is no server of ours is just text.
    pub async fn attachments(&self, text: &str, (env, session): (&Env, &str)) -> Vec<Value> {
        let mut blocks = Vec::new();
        for (name, uri) in mentions(text).into_iter().take(MOST) {
            let Some(server) = self.named(&name) else { continue };
            let key = &server.config.key;
            let about = format!("The resource {uri} of the MCP server {key}, which the message mentions");
            match self.resource_for_model((key, &uri), (env, session)).await {
                Ok(output) => {
                    blocks.push(block(&format!("{about}:")));
                    match output.content {
                        ToolContent::Text(text) => blocks.push(block(&text)),
                        ToolContent::Blocks(more) => blocks.extend(more),
                    }
                }
                Err(why) => blocks.push(block(&format!("{about}, could not be read: {why}"))),
            }
        }
        blocks
    }
}

fn block(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// Server and URI of each mention, in order and once each. One begins a word, and ends with it.
fn mentions(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let begins = c == '@' && !(before.is_alphanumeric() || matches!(before, '@' | '_' | '.' | '-' | '/'));
        before = c;
        if !begins {
            continue;
        }
        let word = text[at + 1..].split(char::is_whitespace).next().unwrap_or_default();
        let word = word.trim_end_matches(['.', ',', ';', '!', '?', ')', ']', '}', '"', '\'', '>']);
        let Some((server, uri)) = word.split_once(':') else { continue };
        let mention = (server.to_owned(), uri.to_owned());
        if !server.is_empty() && is_uri(uri) && !found.contains(&mention) {
            found.push(mention);
        }
    }
    found
}

/// `scheme:rest`.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        && !rest.is_empty()
}

#[cfg(test)]
#[path = "mention_tests.rs"]
mod tests;
