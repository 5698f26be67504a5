//! The settings of a running session: its layers, its files, and what is still to be said about them.

use super::effect::{Effect, name_of};
use super::load::{Again, Loaded};
use super::source::{Places, Source};
use super::{Layer, check, merge};
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::hook::post::Limits;
use crate::engine::permission::{PermissionBehavior, PermissionUpdate, PermissionUpdateDestination};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Keys that are read when a session starts and cannot change in it.
const FIXED: [&str; 8] = [
    "allowManagedHooksOnly",
    "allowedHttpHookUrls",
    "apiKeyHelper",
    "disableAllHooks",
    "env",
    "hooks",
    "httpHookAllowedEnvVars",
    "permissions.defaultMode",
];

/// One at a time writes settings files, in all sessions of an engine.
pub type WriteLock = Arc<Mutex<()>>;

/// The settings of one session.
#[derive(Debug)]
pub struct Store {
    places: Places,
    sources: Vec<Source>,
    managed_only: bool,
    writing: WriteLock,
    again: Option<Arc<Again>>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    layers: Vec<Layer>,
    warnings: Vec<String>,
}

impl Store {
    /// Of what was loaded for `sources`.
    pub fn new(loaded: Loaded, sources: Vec<Source>, writing: WriteLock) -> Self {
        let managed_only = Effect::new(&loaded.layers).managed_rules_only();
        let inner = Inner { layers: loaded.layers, warnings: loaded.warnings };
        let (places, again) = (loaded.places, loaded.again);
        Self { places, sources, managed_only, writing, again, inner: Mutex::new(inner) }
    }

    /// The files that were asked for, there or not: their changes are watched.
    pub fn watched(&self) -> &[(Source, PathBuf)] {
        self.again.as_ref().map_or(&[], |again| &again.files)
    }

    /// How all of it is read again, if anything may change.
    pub fn again(&self) -> Option<Arc<Again>> {
        self.again.clone()
    }

    /// Takes the layers of these sources from `fresh`; returns all layers as they are now.
    pub fn replace(&self, taken: &[Source], fresh: Vec<Layer>) -> Vec<Layer> {
        let mut inner = self.lock();
        inner.layers.retain(|layer| !taken.contains(&layer.source));
        inner.layers.extend(fresh.into_iter().filter(|layer| taken.contains(&layer.source)));
        // Stable: of a policy's two layers the machine's stays the stronger one.
        inner.layers.sort_by_key(|layer| layer.source);
        inner.layers.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the files are.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Held while files are written.
    pub fn write_lock(&self) -> WriteLock {
        Arc::clone(&self.writing)
    }

    /// Whether only a policy may allow anything.
    pub fn managed_rules_only(&self) -> bool {
        self.managed_only
    }

    /// The layers as they are now, from the weakest to the strongest.
    pub fn layers(&self) -> Vec<Layer> {
        self.lock().layers.clone()
    }

    /// Keeps a text that the consumer is to see with the next turn.
    pub fn warn(&self, text: String) {
        self.lock().warnings.push(text);
    }

    /// What the consumer has not been told yet.
    pub fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().warnings)
    }

    /// The `hooks` of each source that count, from the weakest (rows 156 and 173).
    pub fn hooks(&self) -> Vec<(Source, Value)> {
        let layers = self.layers();
        let merged = merge::merge(&layers);
        let on = |settings: &Map<String, Value>, key: &str| settings.get(key) == Some(&Value::Bool(true));
        let policy = merge::merge(layers.iter().filter(|layer| layer.source == Source::Managed));
        let managed_only = on(&merged, "disableAllHooks") || on(&policy, "allowManagedHooksOnly");
        layers
            .iter()
            .filter(|layer| {
                layer.source == Source::Managed && !on(&policy, "disableAllHooks") || !managed_only
            })
            .filter_map(|layer| Some((layer.source, layer.settings.get("hooks")?.clone())))
            .collect()
    }

    /// What each source says about requests of hooks.
    pub fn http_limits(&self) -> Limits {
        let layers = self.layers();
        let lists = |key: &str| {
            let list = |layer: &Layer| {
                let list = layer.settings.get(key)?.as_array()?;
                Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            };
            layers.iter().filter_map(list).collect()
        };
        Limits { urls: lists("allowedHttpHookUrls"), variables: lists("httpHookAllowedEnvVars") }
    }

    /// Sends suggested rules to the project's local file when that source is loaded; else they hold for the session.
    pub fn place(&self, suggestions: &mut [PermissionUpdate]) {
        if !self.sources.contains(&Source::Local) || self.managed_only {
            return;
        }
        for suggestion in suggestions {
            match suggestion {
                PermissionUpdate::AddRules { behavior: PermissionBehavior::Allow, destination, .. } => {
                    *destination = PermissionUpdateDestination::LocalSettings
                }
                PermissionUpdate::AddRules { .. }
                | PermissionUpdate::ReplaceRules { .. }
                | PermissionUpdate::RemoveRules { .. }
                | PermissionUpdate::SetMode { .. }
                | PermissionUpdate::AddDirectories { .. }
                | PermissionUpdate::RemoveDirectories { .. } => {}
            }
        }
    }

    /// Replaces top-level keys of the flag layer, `null` removes one (row 151). Returns the layer before and after.
    ///
    /// # Errors
    /// When a key cannot change in a running session or a value cannot be used; nothing has changed then.
    pub fn change_flag(&self, partial: Map<String, Value>) -> Result<(Option<Layer>, Layer), EngineError> {
        if let Some(key) = FIXED.iter().find(|key| names(&partial, key)) {
            let text = format!(
                "applyFlagSettings: `{key}` is read when a session starts and cannot change in it. Give it in the option `settings`."
            );
            return Err(EngineError::new(ErrorKind::UnsupportedOption, text));
        }
        let mut inner = self.lock();
        let at = inner.layers.iter().position(|layer| layer.source >= Source::Flag);
        let at = at.unwrap_or(inner.layers.len());
        let before = inner.layers.get(at).filter(|layer| layer.source == Source::Flag).cloned();
        let mut raw = before.as_ref().map(|layer| layer.raw.clone()).unwrap_or_default();
        merge::replace_keys(&mut raw, partial);
        let mut settings = raw.clone();
        let checked = check::check("applyFlagSettings", None, &mut settings)?;
        if let Some(warning) = checked.warnings.into_iter().next() {
            return Err(EngineError::new(ErrorKind::InvalidInput, warning));
        }
        let root = before.as_ref().map_or_else(|| self.project_folder(), |layer| layer.root.clone());
        let path = before.as_ref().and_then(|layer| layer.path.clone());
        let after = Layer { source: Source::Flag, path, root, raw, settings, rules: checked.rules };
        if before.is_some() {
            inner.layers[at] = after.clone();
        } else {
            inner.layers.insert(at, after.clone());
        }
        Ok((before, after))
    }

    /// The folder that holds the local file's `.claude`: the working directory, or `projectConfigRoot`.
    fn project_folder(&self) -> std::path::PathBuf {
        let folder = self.places.local.parent().and_then(std::path::Path::parent);
        folder.unwrap_or(&self.places.local).to_path_buf()
    }

    /// Keeps a key of a file's layer that was just written, when that source is loaded.
    pub fn note_written(&self, source: Source, key: &str, value: &Value) {
        for layer in self.lock().layers.iter_mut().filter(|layer| layer.source == source) {
            layer.raw.insert(key.to_owned(), value.clone());
            layer.settings.insert(key.to_owned(), value.clone());
        }
    }

    /// Names of the sources in force, for people.
    pub fn names(&self) -> Vec<String> {
        self.lock().layers.iter().map(name_of).collect()
    }
}

fn names(partial: &Map<String, Value>, key: &str) -> bool {
    match key.split_once('.') {
        Some((first, second)) => partial.get(first).and_then(|value| value.get(second)).is_some(),
        None => partial.contains_key(key),
    }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
