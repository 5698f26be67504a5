//! Applies the permission updates of one answer: to files, rules, mode and directories, all of them or none.

use super::run::Session;
use crate::engine::cancel::Cancelled;
use crate::engine::hook::{self, Occurrence, Stops};
use crate::engine::io;
use crate::engine::permission::{
    PermissionBehavior, PermissionMode, PermissionUpdate, PermissionUpdateDestination,
};
use crate::engine::settings::source::{Places, Source};
use crate::engine::settings::write::{self, Change, Edit};
use crate::engine::tool::dispatch;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use tokio_util::sync::CancellationToken;

/// Applies what the host returned with its approval (rows 90 and 93). An update for a file is written to it, and holds
/// for the session as well. Returns whether a hook stops the agent over it.
///
/// # Errors
/// Says which update cannot be; nothing has been applied or written then.
pub async fn apply(
    updates: &[PermissionUpdate],
    session: &Session,
    cancel: &CancellationToken,
) -> Result<bool, String> {
    let updates: Vec<PermissionUpdate> =
        updates.iter().filter(|update| allowed(update, session)).cloned().collect();
    let (updates, stop) = unblocked(updates, session, cancel).await?;
    let mut rules = (*session.live.get().rules).clone();
    for update in &updates {
        rules
            .apply(update)
            .map_err(|error| format!("updatedPermissions: {:?}: {}", error.rule, error.reason))?;
    }
    let changes = changes(&updates, session)?;
    if !changes.is_empty() {
        let lock = session.settings.write_lock();
        let files: Vec<PathBuf> = changes.iter().map(|change| change.path.clone()).collect();
        let written = io::blocking(move || {
            let _one_at_a_time = lock.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(write::write_all(&changes))
        });
        let written = written.await.unwrap_or_else(|error| Err(error.to_string()));
        written.map_err(|text| format!("updatedPermissions: {text}"))?;
        files.iter().for_each(|file| session.watch.settings.note(file));
    }
    for update in &updates {
        in_memory(update, session).await;
    }
    Ok(stop)
}

/// Whether an update may be applied; the consumer is told of one that is left out.
fn allowed(update: &PermissionUpdate, session: &Session) -> bool {
    let why = match update {
        PermissionUpdate::SetMode { mode, .. } => match session.modes.check(*mode) {
            Ok(()) => return true,
            Err(error) => error.message,
        },
        PermissionUpdate::AddRules { behavior: PermissionBehavior::Allow, .. }
        | PermissionUpdate::ReplaceRules { behavior: PermissionBehavior::Allow, .. }
            if session.settings.managed_rules_only() =>
        {
            "the policy of this machine lets only its own rules allow anything".to_owned()
        }
        PermissionUpdate::AddRules { .. }
        | PermissionUpdate::ReplaceRules { .. }
        | PermissionUpdate::RemoveRules { .. }
        | PermissionUpdate::AddDirectories { .. }
        | PermissionUpdate::RemoveDirectories { .. } => return true,
    };
    session.emitter.warn(format!("A permission update was ignored: {why}"));
    false
}

/// Those updates that no ConfigChange hook keeps from their file (rows 147 and 202), and whether one stops the agent.
async fn unblocked(
    mut updates: Vec<PermissionUpdate>,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<(Vec<PermissionUpdate>, bool), String> {
    let mut stop = false;
    for source in [Source::User, Source::Project, Source::Local] {
        let to = source.destination();
        if updates.iter().any(|update| destination(update) == to)
            && let Some(path) = session.settings.places().file(to)
        {
            let asked = config_change(Stops::Turn, source, path, session, cancel).await?;
            stop |= asked.stop;
            let Some(reason) = asked.objection else { continue };
            session
                .emitter
                .warn(format!("A ConfigChange hook kept a permission update from its file: {reason}"));
            updates.retain(|update| destination(update) != to);
        }
    }
    Ok((updates, stop))
}

/// What ConfigChange hooks say of a change.
#[derive(Debug)]
pub struct Asked {
    /// Why it must not be.
    pub objection: Option<String>,
    /// The agent stops.
    pub stop: bool,
}

/// Asks ConfigChange hooks about a change of a settings file.
pub async fn config_change(
    stops: Stops,
    source: Source,
    path: &std::path::Path,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Asked, String> {
    let path = path.to_string_lossy();
    let name = match source {
        Source::User => "user_settings",
        Source::Project => "project_settings",
        Source::Local => "local_settings",
        Source::Flag | Source::Managed => "policy_settings",
    };
    let occurrence = Occurrence::ConfigChange { source: name, file_path: &path };
    let merged = hook::fire_for(stops, session, &occurrence, cancel).await;
    let merged = merged.map_err(|Cancelled| "the turn has ended".to_owned())?;
    session.hooks.keep_notes(merged.notes());
    let stop = merged.stop.is_some();
    let objection = merged.block.map(|reason| reason.unwrap_or_else(|| "it gave no reason".to_owned()));
    Ok(Asked { objection, stop })
}

/// What goes to which file.
fn changes(updates: &[PermissionUpdate], session: &Session) -> Result<Vec<Change>, String> {
    let mut changes: Vec<Change> = Vec::new();
    for update in updates {
        let destination = destination(update);
        if !is_file(destination) {
            continue;
        }
        let path = file(session.settings.places(), destination)?;
        let edit = Edit::Update(absolute(update, session));
        match changes.iter_mut().find(|change| change.path == path) {
            Some(change) => change.edits.push(edit),
            None => changes.push(Change {
                path,
                may_link: destination == PermissionUpdateDestination::UserSettings,
                edits: vec![edit],
            }),
        }
    }
    Ok(changes)
}

fn is_file(destination: PermissionUpdateDestination) -> bool {
    match destination {
        PermissionUpdateDestination::UserSettings
        | PermissionUpdateDestination::ProjectSettings
        | PermissionUpdateDestination::LocalSettings => true,
        PermissionUpdateDestination::Session
        | PermissionUpdateDestination::CliArg
        | PermissionUpdateDestination::FlagSettings
        | PermissionUpdateDestination::PolicySettings => false,
    }
}

fn file(places: &Places, destination: PermissionUpdateDestination) -> Result<PathBuf, String> {
    places.file(destination).map(std::path::Path::to_path_buf).ok_or_else(|| {
        "updatedPermissions: userSettings has no file: set HOME or CLAUDE_CONFIG_DIR in the environment"
            .to_owned()
    })
}

fn destination(update: &PermissionUpdate) -> PermissionUpdateDestination {
    match update {
        PermissionUpdate::AddRules { destination, .. }
        | PermissionUpdate::ReplaceRules { destination, .. }
        | PermissionUpdate::RemoveRules { destination, .. }
        | PermissionUpdate::SetMode { destination, .. }
        | PermissionUpdate::AddDirectories { destination, .. }
        | PermissionUpdate::RemoveDirectories { destination, .. } => *destination,
    }
}

/// Directories are written so that they mean the same from everywhere.
fn absolute(update: &PermissionUpdate, session: &Session) -> PermissionUpdate {
    let mut update = update.clone();
    match &mut update {
        PermissionUpdate::AddDirectories { directories, .. }
        | PermissionUpdate::RemoveDirectories { directories, .. } => {
            for dir in directories {
                *dir = session.workspace.original().join(&*dir).to_string_lossy().into_owned();
            }
        }
        PermissionUpdate::AddRules { .. }
        | PermissionUpdate::ReplaceRules { .. }
        | PermissionUpdate::RemoveRules { .. }
        | PermissionUpdate::SetMode { .. } => {}
    }
    update
}

/// Applies an update that was found to be possible.
async fn in_memory(update: &PermissionUpdate, session: &Session) {
    let workspace = &session.workspace;
    let absolute = |dirs: &[String]| dirs.iter().map(|dir| workspace.original().join(dir)).collect();
    match update {
        PermissionUpdate::AddRules { .. }
        | PermissionUpdate::ReplaceRules { .. }
        | PermissionUpdate::RemoveRules { .. } => session.live.change(|settings| {
            let mut rules = (*settings.rules).clone();
            // Its rules were parsed a moment ago.
            if rules.apply(update).is_ok() {
                settings.rules = Arc::new(rules);
            }
        }),
        PermissionUpdate::SetMode { mode, .. } => set_mode(*mode, session),
        PermissionUpdate::AddDirectories { directories, .. } => {
            workspace.add(workspace.resolved(absolute(directories)).await);
        }
        PermissionUpdate::RemoveDirectories { directories, .. } => {
            workspace.remove(&workspace.resolved(absolute(directories)).await);
        }
    }
}

fn set_mode(mode: PermissionMode, session: &Session) {
    // It was found to be allowed a moment ago, and nothing takes that back.
    let _ = dispatch::set_mode(mode, session);
}
