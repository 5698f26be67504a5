//! Settings files that change while a session runs: hooks are asked, then rules, directories, hooks and the credential
//! helper follow (row 146). Model, effort, mode and environment stay as they were at the start.

use super::run::Session;
use super::seen::Change;
use super::updates;
use crate::engine::hook::{Stops, config};
use crate::engine::io;
use crate::engine::permission::{PermissionBehavior, PermissionUpdate};
use crate::engine::settings::Layer;
use crate::engine::settings::effect::{self, Effect};
use crate::engine::settings::source::Source;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Looks at the settings files, and takes over what has changed in them; returns whether a hook stops the agent.
pub async fn look(stops: Stops, session: &Session, cancel: &CancellationToken) -> bool {
    let watched = session.settings.watched();
    if watched.is_empty() {
        return false;
    }
    let paths: Vec<PathBuf> = watched.iter().map(|(_, path)| path.clone()).collect();
    let changes = session.watch.settings.changes(&paths);
    if changes.is_empty() {
        return false;
    }
    let mut stop = false;
    let mut taken = Vec::new();
    for change in &changes {
        let Some((source, _)) = watched.iter().find(|(_, path)| *path == change.path) else { continue };
        let asked = updates::config_change(stops, *source, &change.path, session, cancel).await;
        let Ok(asked) = asked else { return stop };
        stop |= asked.stop;
        match asked.objection {
            // A policy is no hook's to keep out (row 202).
            Some(reason) if *source != Source::Managed => session.emitter.warn(format!(
                "A ConfigChange hook keeps the change of {} from this session: {reason}",
                change.path.display()
            )),
            Some(_) | None => taken.push(*source),
        }
    }
    if !taken.is_empty() {
        take_over(&taken, &changes, session).await;
    }
    changes.iter().for_each(|change| session.watch.settings.settle(change));
    stop
}

async fn take_over(taken: &[Source], changes: &[Change], session: &Session) {
    let Some(again) = session.settings.again() else { return };
    let loaded = io::blocking(move || Ok(again.load())).await;
    let loaded =
        match loaded.map_err(|error| error.to_string()).and_then(|loaded| loaded.map_err(|e| e.message)) {
            Ok(loaded) => loaded,
            Err(why) => {
                return session
                    .emitter
                    .warn(format!("Settings have changed and stay in force as they were: {why}"));
            }
        };
    for warning in &loaded.warnings {
        if changes.iter().any(|change| warning.contains(&*change.path.to_string_lossy())) {
            session.emitter.warn(warning);
        }
    }
    let before = session.settings.layers();
    let after = session.settings.replace(taken, loaded.layers);
    rules(taken, &after, session);
    directories(&before, &after, session);
    hooks(session);
    if let Some(command) = Effect::new(&after).key_helper() {
        session.client.change_key_helper(&command);
    }
}

/// The rules of those sources, in the place of their former ones.
fn rules(taken: &[Source], layers: &[Layer], session: &Session) {
    let managed_only = session.settings.managed_rules_only();
    let effect = Effect::new(layers);
    session.live.change(|live| {
        let mut new = (*live.rules).clone();
        for source in taken {
            let destination = source.destination();
            for behavior in [PermissionBehavior::Allow, PermissionBehavior::Deny, PermissionBehavior::Ask] {
                // Without rules there is nothing that could be wrong.
                let _ =
                    new.apply(&PermissionUpdate::ReplaceRules { rules: Vec::new(), behavior, destination });
            }
            for layer in layers.iter().filter(|layer| layer.source == *source) {
                // They were checked a moment ago.
                let _ = effect::add_layer(layer, managed_only, &mut new);
            }
        }
        new.confine(effect.confinement(session.env.home().as_deref()));
        live.rules = Arc::new(new);
        live.effort_ceiling = effect.effort_ceiling();
    });
}

/// Adds the directories that settings name now, and removes those that they named before.
fn directories(before: &[Layer], after: &[Layer], session: &Session) {
    let home = session.env.home();
    let of = |layers: &[Layer]| -> Vec<PathBuf> {
        let dirs = Effect::new(layers).directories(session.workspace.original(), home.as_deref());
        dirs.iter().map(|dir| io::fs::resolve(dir)).collect()
    };
    let (old, new) = (of(before), of(after));
    let given = &session.options.additional_directories;
    let given = given.get(..session.options.directories_given).unwrap_or(given);
    let gone: Vec<_> = old.iter().filter(|dir| !new.contains(dir) && !given.contains(dir)).cloned().collect();
    session.workspace.remove(&gone);
    session.workspace.add(new.into_iter().filter(|dir| !old.contains(dir)));
}

/// The hooks of the settings as they are now, behind the callbacks.
fn hooks(session: &Session) {
    let mut table = session.hooks.table().callbacks();
    let limits = session.settings.http_limits();
    for (source, value) in session.settings.hooks() {
        let from = config::Origin { source, limits: &limits };
        for warning in config::from_settings(&mut table, &value, &from) {
            session.emitter.warn(warning);
        }
    }
    session.hooks.replace(table);
}
