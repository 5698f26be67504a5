//! Lets the settings say what the options of a query leave open. Options win over files (row 142).

use super::effect::Effect;
use super::load::Loaded;
use super::source::Source;
use super::store::{Store, WriteLock};
use super::{Layer, keys};
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::hook::config;
use crate::engine::options::modes::Modes;
use crate::engine::options::{Options, Thinking};
use std::path::Path;
use std::sync::Arc;

/// Fills `options` from what was loaded.
pub fn start(
    mut loaded: Loaded,
    options: &mut Options,
    env: &Env,
    cwd: &Path,
    writing: WriteLock,
) -> Result<Store, EngineError> {
    let mut warnings = Vec::new();
    let effect = Effect::new(&loaded.layers);
    let mut rules = (*options.rules).clone();
    for (source, root) in loaded.places.roots() {
        rules.set_root(source.destination(), &root);
    }
    // They were checked when they were read.
    effect.add_rules(&mut rules).map_err(|error| {
        EngineError::new(ErrorKind::InvalidRule, format!("{:?}: {}", error.rule, error.reason))
    })?;
    rules.confine(effect.confinement(env.home().as_deref()));
    options.rules = Arc::new(rules);
    options.hidden_tools.extend(effect.hidden_tools());
    options.directories_given = options.additional_directories.len();
    options.additional_directories.extend(effect.directories(cwd, env.home().as_deref()));
    options.model = options.model.take().or_else(|| effect.model(env));
    options.effort = options.effort.take().or_else(|| effect.effort());
    options.effort_ceiling = effect.effort_ceiling();
    options.never_ask |= effect.never_asks();
    options.bypass_disabled_by = effect.bypass_disabled_by();
    options.auto_disabled_by = effect.auto_disabled_by();
    if effect.thinking_off() && options.thinking.is_none() {
        options.thinking = Some(Thinking::Disabled);
    }
    if let Some(mode) = effect.mode().filter(|_| !options.mode_given) {
        match Modes::new(options, env).check(mode) {
            Ok(()) => options.mode = mode,
            Err(why) => {
                warnings.push(format!("permissions.defaultMode of the settings is ignored: {}", why.message))
            }
        }
    }
    for layer in &loaded.layers {
        let (guards, others) = waiting(layer);
        warnings.extend(guards);
        options.notices.extend(others);
    }
    loaded.warnings.extend(warnings);
    let store = Store::new(loaded, options.settings.sources.clone(), writing);
    add_hooks(&store, options);
    Ok(store)
}

/// Hooks of settings come behind the callbacks of the options, which settings cannot turn off (rows 156 and 173).
fn add_hooks(store: &Store, options: &mut Options) {
    let hooks = store.hooks();
    if hooks.is_empty() {
        return;
    }
    let mut table = (*options.hooks).clone();
    let limits = store.http_limits();
    for (source, value) in hooks {
        let from = config::Origin { source, limits: &limits };
        for warning in config::from_settings(&mut table, &value, &from) {
            store.warn(warning);
        }
    }
    options.hooks = Arc::new(table);
}

/// What to say about documented keys of a layer that have no effect yet: of each that protects something a warning in
/// the stream, of the others together a notice.
fn waiting(layer: &Layer) -> (Vec<String>, Option<String>) {
    let name = super::effect::name_of(layer);
    let (guards, others): (Vec<_>, Vec<_>) =
        keys::waiting(&layer.settings).into_iter().partition(|key| keys::GUARDS.contains(key));
    let guards = guards.iter().map(|key| {
        format!("{name}: `{key}` has no effect in this version of native-agent-sdk. Do not rely on it.")
    });
    let notice = (!others.is_empty()).then(|| {
        format!("native-agent-sdk: {name}: keys that have no effect in this version: {}.", others.join(", "))
    });
    (guards.collect(), notice)
}

impl super::source::Places {
    /// Where path patterns `/x` of rules of each file start (row 121).
    fn roots(&self) -> Vec<(Source, std::path::PathBuf)> {
        let above = |path: &Path, times: usize| path.ancestors().nth(times).map(Path::to_path_buf);
        let resolved = |path: std::path::PathBuf| crate::engine::io::fs::resolve(&path);
        [
            (Source::User, self.user.as_deref().and_then(|path| above(path, 1))),
            (Source::Project, above(&self.project, 2)),
            (Source::Local, above(&self.local, 2)),
        ]
        .into_iter()
        .filter_map(|(source, root)| Some((source, resolved(root?))))
        .collect()
    }
}
