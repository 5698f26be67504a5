//! Slash commands and mentions in what the host said: commands become prompts, and what is mentioned goes with them.

use super::hooks::Submitted;
use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::hook::{self, HookEvent, Occurrence};
use crate::engine::mcp::prompts::Expansion;
use crate::engine::message::input::{UserInput, raw};
use crate::engine::session::history::UserBlock;
use crate::engine::session::run::Session;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Expands every message of `submitted` that is to go to the model; one whose command fails is taken out.
pub async fn expand(
    session: &Session,
    mut submitted: Submitted,
    cancel: &CancellationToken,
) -> Result<Submitted, Cancelled> {
    if session.options.verbatim_prompts {
        return Ok(submitted);
    }
    for mut input in std::mem::take(&mut submitted.inputs) {
        if input.extras.client_composed == Some(true) {
            submitted.inputs.push(input);
            continue;
        }
        if let Err(why) = command(session, &mut input, &mut submitted, cancel).await? {
            session.emitter.warn(&why);
            if input.queries() {
                submitted.blocked = Some(why);
            }
            continue;
        }
        if !session.env.flag("CLAUDE_CODE_DISABLE_ATTACHMENTS") {
            let prompt = input.prompt();
            let attached = session.mcp.attachments(&prompt, (&session.env, &session.id));
            let blocks = attached.or_cancel(cancel).await?;
            submitted.notes.extend(blocks.iter().filter_map(|block| raw(block).ok()).map(UserBlock::Other));
        }
        submitted.inputs.push(input);
    }
    Ok(submitted)
}

/// Puts what a command became in its place; the inner error says why there is nothing to put there.
async fn command(
    session: &Session,
    input: &mut UserInput,
    submitted: &mut Submitted,
    cancel: &CancellationToken,
) -> Result<Result<(), String>, Cancelled> {
    let text = |block: &serde_json::value::RawValue| {
        let block: Value = serde_json::from_str(block.get()).ok()?;
        block.get("text").and_then(Value::as_str).map(str::to_owned)
    };
    let Some(line) = input.content.first().and_then(|block| text(block)) else { return Ok(Ok(())) };
    let expanding = session.mcp.expand(&line, (&session.env, &session.id));
    let Expansion { command, args, server, blocks } = match expanding.or_cancel(cancel).await? {
        None => return Ok(Ok(())),
        Some(Err(why)) => return Ok(Err(why)),
        Some(Ok(expansion)) => expansion,
    };
    let mut content: Vec<_> = blocks.iter().filter_map(|block| raw(block).ok()).collect();
    if !session.hooks.table().of(HookEvent::UserPromptExpansion).is_empty() {
        let texts: Vec<&str> = blocks.iter().filter_map(|block| block["text"].as_str()).collect();
        let occurrence = Occurrence::UserPromptExpansion {
            expansion_type: "mcp_prompt",
            command_name: &command,
            command_args: &args,
            command_source: &server,
            prompt: &texts.join("\n"),
        };
        let merged = hook::fire(session, &occurrence, cancel).await?;
        submitted.stop |= merged.stop.is_some();
        if let Some(reason) = &merged.block {
            let reason = reason.as_deref().unwrap_or("it gave no reason");
            return Ok(Err(format!("A UserPromptExpansion hook blocked /{command}: {reason}")));
        }
        submitted.notes.extend(super::hooks::blocks(&merged.notes()));
    }
    content.extend(input.content.iter().skip(1).cloned());
    input.expanded = Some(content);
    Ok(Ok(()))
}
