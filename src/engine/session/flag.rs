//! The flag layer of settings of a running session: what a change of it leads to.

use super::run::Session;
use crate::engine::error::EngineError;
use crate::engine::model::table::{ModelInfo, ModelTable};
use crate::engine::options::Thinking;
use crate::engine::permission::{PermissionBehavior, PermissionUpdate, RuleSet};
use crate::engine::settings::Layer;
use crate::engine::settings::effect::{self, Effect};
use crate::engine::settings::source::Source;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Changes the flag layer, and what follows from it, for everything that starts from now on (row 151).
pub async fn apply(partial: Map<String, Value>, session: &Session) -> Result<(), EngineError> {
    let changed: Vec<String> = partial.keys().cloned().collect();
    let (before, after) = session.settings.change_flag(partial)?;
    let layers = session.settings.layers();
    let effect = Effect::new(&layers);
    let names = |key: &str| changed.iter().any(|name| name == key);
    let model = names("model").then(|| {
        let wanted = effect.model(&session.env).or_else(|| session.options.model.clone());
        session.models.resolve(ModelTable::choose(wanted.as_deref(), &session.env), &session.env)
    });
    session.live.change(|live| {
        let mut rules = with_flag_rules(&live.rules, &after, session.settings.managed_rules_only());
        rules.confine(effect.confinement(session.env.home().as_deref()));
        live.rules = Arc::new(rules);
        if let Some(model) = model {
            live.model = Arc::new(model);
        }
        if names("effortLevel") {
            live.effort = effect.effort().or_else(|| session.options.effort.clone());
        }
        live.effort_ceiling = effect.effort_ceiling();
        if names("alwaysThinkingEnabled") {
            live.thinking = if effect.thinking_off() {
                Some(Thinking::Disabled)
            } else {
                session.options.thinking.clone()
            };
        }
    });
    if names("permissions") {
        move_directories(before.as_slice(), &after, session).await;
    }
    Ok(())
}

/// The model that a change of `model` in the flag layer leads to.
pub fn model_after(asked: &Value, session: &Session) -> ModelInfo {
    let mut layers = session.settings.layers();
    for layer in layers.iter_mut().filter(|layer| layer.source == Source::Flag) {
        layer.settings.shift_remove("model");
    }
    // A policy is stronger, files are weaker.
    let (policy, files): (Vec<_>, Vec<_>) =
        layers.into_iter().partition(|layer| layer.source == Source::Managed);
    let asked = asked.as_str().filter(|_| session.env.get("ANTHROPIC_MODEL").is_none());
    let name = Effect::new(&policy)
        .model(&session.env)
        .or_else(|| asked.map(str::to_owned))
        .or_else(|| Effect::new(&files).model(&session.env))
        .or_else(|| session.options.model.clone());
    session.models.resolve(ModelTable::choose(name.as_deref(), &session.env), &session.env)
}

/// The rules with those of the flag layer in the place of its former ones.
fn with_flag_rules(rules: &RuleSet, layer: &Layer, managed_only: bool) -> RuleSet {
    let mut new = rules.clone();
    for behavior in [PermissionBehavior::Allow, PermissionBehavior::Deny, PermissionBehavior::Ask] {
        let destination = Source::Flag.destination();
        // Without rules there is nothing that could be wrong.
        let _ = new.apply(&PermissionUpdate::ReplaceRules { rules: Vec::new(), behavior, destination });
    }
    match effect::add_layer(layer, managed_only, &mut new) {
        Ok(()) => new,
        // They were checked a moment ago.
        Err(_) => rules.clone(),
    }
}

async fn move_directories(before: &[Layer], after: &Layer, session: &Session) {
    let home = session.env.home();
    let of = |layers: &[Layer]| -> Vec<_> {
        Effect::new(layers).directories(session.workspace.original(), home.as_deref())
    };
    let old = session.workspace.resolved(of(before)).await;
    let new = session.workspace.resolved(of(std::slice::from_ref(after))).await;
    let kept = |dir: &std::path::PathBuf| session.options.additional_directories.contains(dir);
    let gone: Vec<_> = old.into_iter().filter(|dir| !new.contains(dir) && !kept(dir)).collect();
    session.workspace.remove(&gone);
    session.workspace.add(new);
}
