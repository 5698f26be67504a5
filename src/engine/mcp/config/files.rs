//! Servers from files, as `settingSources` asks for them: `.mcp.json` of the project and the user's own file. Blocks.

use super::{Scope, ServerConfig};
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io;
use crate::engine::settings::Layer;
use crate::engine::settings::find;
use crate::engine::settings::load::{self, Request};
use crate::engine::settings::source::Source;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

const OF_PROJECT: &str = ".mcp.json";
const OF_USER: &str = ".claude.json";

/// Adds the servers of the files behind those of the options. Of one name the strongest counts: options, then the
/// user's for this directory, the project's, the user's for all (row 314). Returns what was ignored, for people.
///
/// # Errors
/// `ConfigFileInvalid` when a file that was asked for cannot be read.
pub fn add(
    servers: &mut Vec<ServerConfig>,
    request: &Request,
    (cwd, env): (&Path, &Env),
    layers: &[Layer],
) -> Result<Vec<String>, EngineError> {
    let wants = |source| request.sources.contains(&source);
    let mut warnings = Vec::new();
    let own = match own_file(env, cwd).filter(|_| wants(Source::User) || wants(Source::Local)) {
        Some(path) => Some((object(&path)?, path)),
        None => None,
    };
    if let Some((own, path)) = own.as_ref().filter(|_| wants(Source::Local)) {
        let project = own.get("projects").and_then(|projects| of_directory(projects, cwd));
        let entries = project.map(|project| section(project, path)).transpose()?.flatten();
        super::add_of_file(servers, entries.unwrap_or(&Map::new()), &Scope::Local);
    }
    if let Some(path) = project_file(request, env, cwd).filter(|_| wants(Source::Project)) {
        if request.trust_project {
            let file = Value::Object(object(&path)?);
            let mut entries = section(&file, &path)?.cloned().unwrap_or_default();
            entries.retain(|key, _| !is_disabled(layers, key));
            super::add_of_file(servers, &entries, &Scope::Project);
        } else {
            warnings.push(format!("{} is ignored: the project's files are not trusted.", path.display()));
        }
    }
    if let Some((own, path)) = own.filter(|_| wants(Source::User)) {
        let own = Value::Object(own);
        super::add_of_file(servers, section(&own, &path)?.unwrap_or(&Map::new()), &Scope::User);
    }
    Ok(warnings)
}

/// The user's file: in `CLAUDE_CONFIG_DIR`, else in the home directory.
fn own_file(env: &Env, cwd: &Path) -> Option<PathBuf> {
    let folder = env.get("CLAUDE_CONFIG_DIR").map(|dir| cwd.join(dir)).or_else(|| env.home());
    folder.map(|folder| folder.join(OF_USER))
}

/// The project's file: in `projectConfigRoot`, else the nearest from the working directory upward.
fn project_file(request: &Request, env: &Env, cwd: &Path) -> Option<PathBuf> {
    let is_there = |dir: &Path| io::fs::metadata(&dir.join(OF_PROJECT)).is_ok();
    let folder = match &request.project_root {
        Some(root) => Some(root.clone()).filter(|root| is_there(root)),
        None => {
            let home = env.home().map(|home| io::fs::resolve(&home));
            find::nearest(cwd, home.as_deref(), is_there)
        }
    };
    folder.map(|folder| folder.join(OF_PROJECT))
}

/// What the user's file says of this directory, else of the nearest one above in the same repository.
fn of_directory<'a>(projects: &'a Value, cwd: &Path) -> Option<&'a Value> {
    let known = |dir: &Path| projects.get(dir.to_string_lossy().as_ref());
    let folder = find::nearest(cwd, None, |dir| known(dir).is_some())?;
    known(&folder)
}

fn object(path: &Path) -> Result<Map<String, Value>, EngineError> {
    let text = load::read(path, false)?;
    text.map_or_else(|| Ok(Map::new()), |text| load::parse(path, &text))
}

fn section<'a>(holder: &'a Value, path: &Path) -> Result<Option<&'a Map<String, Value>>, EngineError> {
    match holder.get("mcpServers") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(entries)) => Ok(Some(entries)),
        Some(_) => {
            let text = format!(
                "{}: `mcpServers` must be an object of server configurations. Correct it and start again.",
                path.display()
            );
            Err(EngineError::new(ErrorKind::ConfigFileInvalid, text))
        }
    }
}

/// `disabledMcpjsonServers`, which any source may say (row 315).
fn is_disabled(layers: &[Layer], key: &str) -> bool {
    let lists = layers.iter().filter_map(|layer| layer.settings.get("disabledMcpjsonServers"));
    lists.filter_map(Value::as_array).flatten().any(|name| name == key)
}
