//! Looks after watched files: settings that change while a session runs, and the files of FileChanged hooks.
//!
//! Nothing is looked at unless somebody asked for it. The looks are before each request, before the calls of a reply,
//! and once a second while the host is idle.

use super::reload;
use super::run::Session;
use super::seen::Seen;
use crate::engine::hook::matcher::Matcher;
use crate::engine::hook::table::HookTable;
use crate::engine::hook::{self, HookEvent, Occurrence, Stops};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often an idle session looks.
const IDLE: Duration = Duration::from_secs(1);

/// What one session watches.
#[derive(Debug, Default)]
pub struct Watch {
    /// Settings files.
    pub settings: Seen,
    files: Seen,
    /// Paths that hooks named (`watchPaths`).
    named: Mutex<Vec<PathBuf>>,
}

impl Watch {
    /// Takes the settings files as they are now.
    pub fn starting(paths: &[PathBuf]) -> Self {
        let watch = Self::default();
        watch.settings.changes(paths);
        watch
    }

    /// Watches these from now on in the place of those that hooks named before.
    pub fn name(&self, paths: Vec<String>, base: &Path) {
        let paths = paths.iter().map(|path| base.join(path)).collect();
        *self.named.lock().unwrap_or_else(PoisonError::into_inner) = paths;
    }

    /// The files of FileChanged hooks: the names of their matchers in the current directory, and what hooks named.
    fn files(&self, table: &HookTable, current: &Path) -> Vec<PathBuf> {
        let mut paths = self.named.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for hook in table.of(HookEvent::FileChanged) {
            match &hook.matcher {
                Matcher::Names(names) => paths.extend(names.iter().map(|name| current.join(name))),
                Matcher::All | Matcher::Pattern(_) => {}
            }
        }
        paths.sort();
        paths.dedup();
        paths
    }
}

/// Looks once, and does what follows from what has changed; returns whether a hook stops the agent.
pub async fn look(stops: Stops, session: &Session, cancel: &CancellationToken) -> bool {
    let mut stop = reload::look(stops, session, cancel).await;
    let (watch, table) = (&session.watch, session.hooks.table());
    if table.of(HookEvent::FileChanged).is_empty() {
        return stop;
    }
    let current = session.workspace.current();
    let paths = watch.files(&table, &current);
    if paths.is_empty() {
        return stop;
    }
    for change in watch.files.changes(&paths) {
        let file_path = change.path.to_string_lossy();
        let name = change.path.file_name().unwrap_or_default().to_string_lossy();
        let occurrence = Occurrence::FileChanged { file_path: &file_path, event: change.event, name: &name };
        let Ok(merged) = hook::fire_for(stops, session, &occurrence, cancel).await else { return stop };
        stop |= merged.stop.is_some();
        session.hooks.keep_notes(merged.notes());
        watch.files.settle(&change);
        if let Some(paths) = merged.watch_paths {
            watch.name(paths, &current);
        }
    }
    stop
}

/// Looks now and then, and never ends.
pub async fn idle(session: &Session, cancel: &CancellationToken) -> std::convert::Infallible {
    let nothing =
        session.settings.watched().is_empty() && session.hooks.table().of(HookEvent::FileChanged).is_empty();
    if nothing {
        return std::future::pending().await;
    }
    loop {
        session.clock.sleep(IDLE).await;
        look(Stops::Nothing, session, cancel).await;
    }
}
