//! Changes of the model while a session runs, and the hooks before and after them.

use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::hook::input::ModelSwitch;
use crate::engine::hook::output::Permission;
use crate::engine::hook::{self, HookEvent, Occurrence, Stops};
use crate::engine::model::table::{ModelInfo, ModelTable};
use crate::engine::session::run::Session;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the API keeps a prompt that this engine marks.
const CACHE_LIFE: Duration = Duration::from_secs(5 * 60);
const MILLION: f64 = 1_000_000.0;

/// The model that `setModel` asks for; without a name that of the options, for `default` the usual one.
pub fn wanted(name: Option<&str>, session: &Session) -> ModelInfo {
    let given = match name {
        None => session.options.model.as_deref(),
        Some("default") => None,
        Some(name) => Some(name),
    };
    session.models.resolve(ModelTable::choose(given, &session.env), &session.env)
}

/// Does `change`, which leads to the model `to`, unless a PreModelSwitch hook is against it; tells PostModelSwitch hooks.
/// `what` is the method that was called, with `asked` for a model.
pub async fn switching(
    what: &str,
    asked: Option<&str>,
    to: &ModelInfo,
    session: &Session,
    change: impl Future<Output = Result<Value, EngineError>>,
) -> Result<Value, EngineError> {
    let from = Arc::clone(&session.live.get().model);
    let table = session.hooks.table();
    let heard = [HookEvent::PreModelSwitch, HookEvent::PostModelSwitch];
    if from.id == to.id || heard.iter().all(|event| table.of(*event).is_empty()) {
        return change.await;
    }
    let switch = switch(&from, to, asked, session);
    let never = CancellationToken::new();
    let merged = hook::fire_for(Stops::Nothing, session, &Occurrence::PreModelSwitch(switch), &never)
        .await
        .unwrap_or_default();
    let refused = |why: String| Err(EngineError::new(ErrorKind::InvalidInput, format!("{what}: {why}")));
    let because = |reason: Option<String>| reason.unwrap_or_else(|| "it gave no reason".to_owned());
    match merged.permission {
        Some((Permission::Deny, reason)) => {
            return refused(format!(
                "a PreModelSwitch hook does not let the model change: {}",
                because(reason)
            ));
        }
        Some((Permission::Ask | Permission::Defer, reason)) => {
            return refused(format!(
                "a PreModelSwitch hook wants a person to confirm the change, and there is nobody to ask here: {}",
                because(reason)
            ));
        }
        Some((Permission::Allow, _)) | None => {}
    }
    let value = change.await?;
    let merged = hook::fire_for(Stops::Nothing, session, &Occurrence::PostModelSwitch(switch), &never)
        .await
        .unwrap_or_default();
    session.hooks.keep_notes(merged.notes());
    Ok(value)
}

/// What a change costs: the new model has to read the whole conversation once.
fn switch<'a>(
    from: &'a ModelInfo,
    to: &'a ModelInfo,
    asked: Option<&'a str>,
    session: &Session,
) -> ModelSwitch<'a> {
    let last = session.gauge.last_reply();
    let context_tokens = last.map_or(0, |(tokens, _)| tokens);
    let caching = !session.env.flag("DISABLE_PROMPT_CACHING");
    let warm = |(_, at)| session.clock.elapsed().saturating_sub(at) < CACHE_LIFE;
    ModelSwitch {
        from_model: &from.id,
        to_model: &to.id,
        requested_model: asked,
        source: "sdk",
        context_tokens,
        prompt_cache_warm: caching && last.is_some_and(warm),
        cache_ttl: "5m",
        estimated_cache_write_usd: to
            .prices
            .map_or(0.0, |prices| float(context_tokens) * prices.cache_write_5m / MILLION),
        pricing: if to.prices.is_some() { "catalog" } else { "default" },
    }
}

#[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}
