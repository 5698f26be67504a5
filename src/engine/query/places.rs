//! In which file systems a query works, as `options.executors` says.

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::executor::files::RemoteFiles;
use crate::engine::host::Host;
use crate::engine::io::files::{Files, HostFiles, NoFiles, lexical};
use crate::engine::options::executors::{Executors, Place};
use crate::engine::options::{Options, QueryConfig};
use crate::engine::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Whether `options.cwd` is a directory of this machine.
pub fn cwd_is_here(executors: Executors) -> bool {
    match executors.fs {
        Place::Host => true,
        Place::Elsewhere => false,
        // Then it is where commands run.
        Place::Nowhere => executors.exec != Place::Elsewhere,
    }
}

/// `options.cwd` of another place: nothing is known of it before the query runs.
pub fn directory(cwd: &Path) -> Result<PathBuf, EngineError> {
    if cwd.is_absolute() {
        return Ok(lexical(cwd));
    }
    let text = format!(
        "options.cwd {} cannot be used: it is not an absolute path. Give an existing directory.",
        cwd.display()
    );
    Err(EngineError::new(ErrorKind::CwdUnavailable, text))
}

/// The variables of `env` that commands elsewhere get: what the caller and the settings give. Those of this process say
/// nothing of another place, and credentials are not its business.
pub fn given(env: &Env, config: &QueryConfig) -> Vec<(String, String)> {
    env.iter()
        .filter(|(name, value)| config.env_given || config.env.get(name) != Some(*value))
        .filter(|(name, _)| !Env::is_credential(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The directories of a query of `host`.
pub fn workspace(
    options: &Options,
    cwd: PathBuf,
    host: &Arc<dyn Host>,
    cancel: &CancellationToken,
) -> Workspace {
    let remote = || Arc::new(RemoteFiles::new(Arc::clone(host), cancel.clone()));
    let workspace = Workspace::new(cwd, options.additional_directories.clone());
    let (here, nowhere): (Arc<dyn Files>, Arc<dyn Files>) = (Arc::new(HostFiles), Arc::new(NoFiles));
    let files: Arc<dyn Files> = match options.executors.fs {
        Place::Host => here,
        Place::Elsewhere => remote(),
        Place::Nowhere if cwd_is_here(options.executors) => here,
        Place::Nowhere => nowhere,
    };
    let shell_files: Arc<dyn Files> = match options.executors.exec {
        // Whatever the file tools work in, the commands touch this machine.
        Place::Host | Place::Nowhere => Arc::new(HostFiles),
        Place::Elsewhere => Arc::clone(&files),
    };
    workspace.within(files, shell_files)
}

/// The directories of a query that has no host to ask.
pub fn unasked(options: &Options, cwd: PathBuf) -> Result<Workspace, EngineError> {
    if options.executors.fs == Place::Elsewhere {
        let text = "explainPermission() cannot ask options.executors.fs where a path leads. Ask the explainPermission() \
                    of a query instead.";
        return Err(EngineError::new(ErrorKind::InvalidInput, text));
    }
    let workspace = Workspace::new(cwd, options.additional_directories.clone());
    if cwd_is_here(options.executors) {
        return Ok(workspace);
    }
    Ok(workspace.within(Arc::new(NoFiles), Arc::new(NoFiles)))
}
