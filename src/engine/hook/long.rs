//! Texts of hooks that are too long to be passed on: kept in a file, with their start in their place (row 197).

use super::merge::Merged;
use crate::engine::env::Env;
use crate::engine::io;
use crate::engine::tool::saved;

/// The longest text that is passed on, in characters.
const LONGEST: usize = 10_000;
/// How much of a longer one is shown.
const SHOWN: usize = 2_000;

/// Replaces every text of `merged` that is too long.
pub async fn shorten(merged: &mut Merged, env: &Env, session: &str) {
    let reasons = [
        merged.permission.as_mut().and_then(|(_, reason)| reason.as_mut()),
        merged.block.as_mut().and_then(Option::as_mut),
        merged.stop.as_mut().and_then(Option::as_mut),
    ];
    let texts = merged.contexts.iter_mut().chain(&mut merged.system_messages);
    for text in texts.chain(reasons.into_iter().flatten()) {
        if let Some(short) = short(text, env, session).await {
            *text = short;
        }
    }
}

/// What stands for `text` if it is too long.
pub async fn short(text: &str, env: &Env, session: &str) -> Option<String> {
    let (end, _) = text.char_indices().nth(LONGEST)?;
    let length = text.chars().count();
    let (base, session, bytes) = (saved::temp_base(env), session.to_owned(), text.as_bytes().to_vec());
    let saved = io::blocking(move || saved::save(&base, &session, "hook-output.txt", &bytes)).await;
    Some(match saved {
        Ok(path) => {
            let shown: String = text.chars().take(SHOWN).collect();
            let path = path.display();
            format!(
                "{shown}\n[The hook said {length} characters; these are the first {SHOWN}. All of it is in {path}.]"
            )
        }
        Err(error) => format!(
            "{}\n[The hook said {length} characters. The rest is lost, as it could not be saved: {}]",
            &text[..end],
            io::words::why(&error)
        ),
    })
}
