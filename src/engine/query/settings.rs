//! `applyFlagSettings` and `updateSettings`: settings that change while a session runs.

use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::model::table::ModelTable;
use crate::engine::options::Thinking;
use crate::engine::permission::{PermissionBehavior, PermissionUpdate, RuleSet};
use crate::engine::session::run::Session;
use crate::engine::session::updates;
use crate::engine::settings::Layer;
use crate::engine::settings::effect::{self, Effect};
use crate::engine::settings::source::Source;
use crate::engine::settings::write::{self, Change, Edit};
use serde_json::{Map, Value};
use std::sync::{Arc, PoisonError};
use tokio_util::sync::CancellationToken;

/// Changes the flag layer, and what follows from it, for everything that starts from now on (row 151).
pub async fn apply_flag(partial: Map<String, Value>, session: &Session) -> Result<(), EngineError> {
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
        live.rules = Arc::new(with_flag_rules(&live.rules, &after, session.settings.managed_rules_only()));
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

/// Asks ConfigChange hooks whether a settings file may be written (rows 147 and 202).
pub async fn may_update(source: &str, session: &Session) -> Result<(), EngineError> {
    let source = match source {
        "localSettings" => Source::Local,
        "userSettings" => Source::User,
        // It is refused in a moment.
        _ => return Ok(()),
    };
    let Some(path) = session.settings.places().file(source.destination()) else { return Ok(()) };
    let never = CancellationToken::new();
    match updates::config_change(source, path, session, &never).await {
        Ok(Some(reason)) => {
            let text = format!("updateSettings: a ConfigChange hook does not let it: {reason}");
            Err(EngineError::new(ErrorKind::InvalidInput, text))
        }
        Ok(None) | Err(_) => Ok(()),
    }
}

/// Writes one key of a settings file: `outputStyle` of the local one or `effortLevel` of the user's.
pub fn update(source: &str, partial: &Map<String, Value>, session: &Session) -> Result<(), EngineError> {
    let invalid = |text: &str| EngineError::new(ErrorKind::InvalidInput, format!("updateSettings: {text}"));
    let (source, key) = match source {
        "localSettings" => (Source::Local, "outputStyle"),
        "userSettings" => (Source::User, "effortLevel"),
        _ => return Err(invalid("the source must be 'localSettings' or 'userSettings'")),
    };
    let Some(value) = partial.get(key).and_then(Value::as_str).filter(|_| partial.len() == 1) else {
        let text = format!("{} takes {{ {key}: string }} and nothing else", source.destination().as_str());
        return Err(invalid(&text));
    };
    if key == "effortLevel" && !["low", "medium", "high", "xhigh"].contains(&value) {
        return Err(invalid("effortLevel must be low, medium, high or xhigh"));
    }
    let Some(path) = session.settings.places().file(source.destination()) else {
        return Err(invalid("userSettings has no file: set HOME or CLAUDE_CONFIG_DIR in the environment"));
    };
    let value = Value::from(value);
    let change = Change {
        path: path.to_path_buf(),
        may_link: source == Source::User,
        edits: vec![Edit::Key(key, value.clone())],
    };
    let lock = session.settings.write_lock();
    let written = {
        let _one_at_a_time = lock.lock().unwrap_or_else(PoisonError::into_inner);
        write::write_all(&[change])
    };
    written
        .map_err(|text| EngineError::new(ErrorKind::ConfigFileInvalid, format!("updateSettings: {text}")))?;
    session.settings.note_written(source, key, &value);
    Ok(())
}
