//! Reads the layers of settings that a host asked for, checked and restricted. Blocks.

use super::source::{Places, Source};
use super::trust::{self, Trust};
use super::{Layer, check, find};
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A larger file is refused (row 145).
const LARGEST: u64 = 2 * 1024 * 1024;

/// The option `settings`.
#[derive(Debug, Clone, PartialEq)]
pub enum Flag {
    /// The settings themselves.
    Inline(Map<String, Value>),
    /// A file of settings.
    File(PathBuf),
}

/// Which settings a host asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `settingSources`; empty means that no file is read, the machine's policy apart.
    pub sources: Vec<Source>,
    /// `settings`.
    pub flag: Option<Flag>,
    /// `managedSettings`.
    pub managed: Option<Map<String, Value>>,
    /// `trustProjectSettings`.
    pub trust_project: bool,
    /// `projectConfigRoot`, absolute.
    pub project_root: Option<PathBuf>,
}

impl Default for Request {
    fn default() -> Self {
        Self { sources: Vec::new(), flag: None, managed: None, trust_project: true, project_root: None }
    }
}

/// What was read.
#[derive(Debug)]
pub struct Loaded {
    /// From the weakest to the strongest.
    pub layers: Vec<Layer>,
    /// Where the files are, read or not.
    pub places: Places,
    /// What was dropped and why, for people.
    pub warnings: Vec<String>,
    /// For files that may change: which they are, and how all of it is read again.
    pub again: Option<Arc<Again>>,
}

/// How the same is read again.
#[derive(Debug)]
pub struct Again {
    request: Request,
    cwd: PathBuf,
    env: Env,
    policy: PathBuf,
    /// The files that are read if they exist.
    pub files: Vec<(Source, PathBuf)>,
}

impl Again {
    /// Reads it again. Blocks.
    pub fn load(&self) -> Result<Loaded, EngineError> {
        load(&self.request, &self.cwd, &self.env, &self.policy)
    }
}

/// Reads what `request` asks for.
///
/// # Errors
/// `ConfigFileInvalid` when a file that was asked for cannot be used; `InvalidOption` and `InvalidRule` for the options.
pub fn load(request: &Request, cwd: &Path, env: &Env, policy: &Path) -> Result<Loaded, EngineError> {
    let root = request.project_root.as_deref().map(project_root).transpose()?;
    let places = find::places(env, cwd, root.as_deref(), policy);
    let mut files = Vec::new();
    let mut loading = Loading { cwd, trust: request.trust_project, layers: Vec::new(), warnings: Vec::new() };
    for source in [Source::User, Source::Project, Source::Local] {
        let path = match source {
            Source::User => places.user.as_deref(),
            Source::Project => Some(places.project.as_path()),
            Source::Local => Some(places.local.as_path()),
            Source::Flag | Source::Managed => None,
        };
        let Some(path) = path.filter(|_| request.sources.contains(&source)) else { continue };
        if !(source.of_project() && find::is_users(path, env, cwd)) {
            loading.file(source, path, false)?;
            files.push((source, path.to_path_buf()));
        }
    }
    match &request.flag {
        None => {}
        Some(Flag::Inline(settings)) => loading.inline(Source::Flag, "options.settings", settings.clone())?,
        Some(Flag::File(path)) => {
            loading.file(Source::Flag, path, true)?;
            files.push((Source::Flag, path.clone()));
        }
    }
    loading.managed(request.managed.as_ref(), policy)?;
    // Without any file there is nothing to look after; a policy that appears later counts from the next query on.
    let policy_there = loading.layers.iter().any(|layer| layer.path.as_deref() == Some(policy));
    let again = (!files.is_empty() || policy_there).then(|| {
        files.push((Source::Managed, policy.to_path_buf()));
        let (request, cwd, env, policy) =
            (request.clone(), cwd.to_path_buf(), env.clone(), policy.to_path_buf());
        Arc::new(Again { request, cwd, env, policy, files })
    });
    Ok(Loaded { layers: loading.layers, places, warnings: loading.warnings, again })
}

fn project_root(root: &Path) -> Result<PathBuf, EngineError> {
    match io::fs::canonicalize(root).and_then(|path| io::fs::metadata(&path).map(|meta| (path, meta))) {
        Ok((path, meta)) if meta.is_dir() => Ok(path),
        Ok(_) | Err(_) => {
            let text = format!("options.projectConfigRoot {} must be an existing directory.", root.display());
            Err(EngineError::new(ErrorKind::InvalidOption, text))
        }
    }
}

struct Loading<'a> {
    cwd: &'a Path,
    trust: bool,
    layers: Vec<Layer>,
    warnings: Vec<String>,
}

impl Loading<'_> {
    fn file(&mut self, source: Source, path: &Path, required: bool) -> Result<(), EngineError> {
        if let Some(text) = read(path, required)? {
            let settings = parse(path, &text)?;
            self.add(source, Some(path), &path.display().to_string(), Some(&text), settings)?;
        }
        Ok(())
    }

    fn inline(
        &mut self,
        source: Source,
        name: &str,
        settings: Map<String, Value>,
    ) -> Result<(), EngineError> {
        self.add(source, None, name, None, settings)
    }

    /// The machine's policy is read whatever the host asks for; the host's own counts when there is none, or the
    /// machine's says `parentSettingsBehavior: "merge"` (row 152).
    fn managed(&mut self, given: Option<&Map<String, Value>>, policy: &Path) -> Result<(), EngineError> {
        let before = self.layers.len();
        self.file(Source::Managed, policy, false)?;
        let Some(given) = given else { return Ok(()) };
        let machine = self.layers.get(before);
        let merges = machine.is_none_or(|layer| {
            layer.settings.get("parentSettingsBehavior").and_then(Value::as_str) == Some("merge")
        });
        if !merges {
            self.warnings.push(format!(
                "options.managedSettings is ignored: {} is in force and does not say `parentSettingsBehavior: \"merge\"`.",
                policy.display()
            ));
            return Ok(());
        }
        let mut settings = given.clone();
        let taken = trust::only_restrictive(&mut settings);
        self.say_taken("options.managedSettings", &taken, "it may only hold keys that restrict");
        self.inline(Source::Managed, "options.managedSettings", settings)?;
        // The machine's own word is the last.
        self.layers[before..].reverse();
        Ok(())
    }

    fn add(
        &mut self,
        source: Source,
        path: Option<&Path>,
        name: &str,
        text: Option<&str>,
        raw: Map<String, Value>,
    ) -> Result<(), EngineError> {
        let mut settings = raw.clone();
        // Rules that forbid are checked before anything is taken out: trust never hides a malformed one.
        let mut checked = check::check(name, text, &mut settings)?;
        let local_is_supplied = source == Source::Local && path.is_some_and(find::repository_supplied);
        let trust = Trust { project: self.trust, local_is_supplied };
        let taken = trust::restrict(source, trust, &mut settings);
        self.say_taken(name, &taken, "a project's file may not set it");
        if taken.iter().any(|key| key == "permissions.allow") {
            checked
                .rules
                .retain(|(behavior, _)| *behavior != crate::engine::permission::PermissionBehavior::Allow);
        }
        self.warnings.append(&mut checked.warnings);
        let root = match (source, path.and_then(Path::parent)) {
            (Source::Project, Some(folder)) => folder.parent().unwrap_or(folder),
            (Source::User | Source::Flag | Source::Managed, Some(folder)) => folder,
            (Source::Local, _) | (_, None) => self.cwd,
        };
        let root = io::fs::resolve(root);
        self.layers.push(Layer {
            source,
            path: path.map(Path::to_path_buf),
            root,
            raw,
            settings,
            rules: checked.rules,
        });
        Ok(())
    }

    fn say_taken(&mut self, name: &str, taken: &[String], why: &str) {
        for key in taken {
            self.warnings.push(format!("{name}: `{key}` is ignored: {why}."));
        }
    }
}

/// The text of a file; `None` when there is none.
pub fn read(path: &Path, required: bool) -> Result<Option<String>, EngineError> {
    let invalid = |fault: String| {
        EngineError::new(
            ErrorKind::ConfigFileInvalid,
            format!("The settings file {} {fault}", path.display()),
        )
    };
    let meta = match io::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory && !required => return Ok(None),
        Err(error) => {
            return Err(invalid(format!("cannot be read: {error}. Check its path and permissions.")));
        }
    };
    if !meta.is_file() {
        return Err(invalid("is no file. Give a JSON file.".to_owned()));
    }
    if meta.len() > LARGEST {
        return Err(invalid(format!("has {} bytes; at most 2 MiB are read. Make it smaller.", meta.len())));
    }
    let bytes = io::fs::read(path)
        .map_err(|error| invalid(format!("cannot be read: {error}. Check its permissions.")))?;
    let text =
        String::from_utf8(bytes).map_err(|_| invalid("is not UTF-8 text. Save it as UTF-8.".to_owned()))?;
    Ok(Some(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned)))
}

/// The settings in a file's text; an empty file holds none.
pub fn parse(path: &Path, text: &str) -> Result<Map<String, Value>, EngineError> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    let invalid = |line: usize, fault: &str| {
        let text = format!(
            "The settings file {}, line {line}: {fault}. Correct it and start again.",
            path.display()
        );
        EngineError::new(ErrorKind::ConfigFileInvalid, text)
    };
    match serde_json::from_str(text) {
        Ok(Value::Object(settings)) => Ok(settings),
        Ok(_) => Err(invalid(1, "it must hold a JSON object")),
        Err(error) => Err(invalid(error.line(), &format!("it is no valid JSON: {error}"))),
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
