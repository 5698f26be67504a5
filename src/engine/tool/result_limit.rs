//! Results that are too long for the model: saved to a file, with a preview in their place. The one place for all tools.

use super::{ToolContent, ToolContext, saved};
use crate::engine::io::{blocking, words::why};
use std::sync::Arc;

/// Characters of a result that the model gets whole.
pub const LIMIT: usize = 50_000;
/// Characters of a longer one that it sees.
const PREVIEW: usize = 2_000;

/// `content`, or what stands for it when its text is longer than `limit`.
pub async fn fit(content: ToolContent, limit: Option<usize>, tool: &str, cx: &ToolContext) -> ToolContent {
    match (content, limit) {
        (ToolContent::Text(text), Some(limit)) if is_longer(&text, limit) => {
            ToolContent::Text(shortened(text, tool, cx).await)
        }
        (content, _) => content,
    }
}

fn is_longer(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().nth(limit).is_some()
}

async fn shortened(text: String, tool: &str, cx: &ToolContext) -> String {
    let (total, bytes) = (text.chars().count(), text.len());
    let end = text.char_indices().nth(PREVIEW).map_or(text.len(), |(at, _)| at);
    let preview = text[..end].to_owned();
    let (base, session) = (saved::temp_base(&cx.env), Arc::clone(&cx.session_id));
    let name =
        format!("{}.txt", tool.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let saved = blocking(move || saved::save(&base, &session, &name, text.as_bytes())).await;
    let place = match saved {
        Ok(path) => format!(
            "It is saved in {} ({bytes} bytes); read the part you need with Read or search it with Grep.",
            path.display()
        ),
        Err(error) => format!("It could not be saved either ({}); ask for less.", why(&error)),
    };
    format!("The result has {total} characters, too many to show here. {place} It begins:\n{preview}")
}

#[cfg(test)]
#[path = "result_limit_tests.rs"]
mod tests;
