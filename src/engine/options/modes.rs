//! Which permission modes a query may be in: what options, settings and the machine say about `bypassPermissions` and `auto`.

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::options::Options;
use crate::engine::permission::PermissionMode;

/// The modes that can be closed off, each with the reason if it is.
#[derive(Debug, Clone)]
pub struct Modes {
    bypass: Result<(), EngineError>,
    auto: Result<(), EngineError>,
}

impl Modes {
    /// Of options that the settings have been applied to.
    pub fn new(options: &Options, env: &Env) -> Self {
        let auto = match &options.auto_disabled_by {
            Some(place) => Err(disabled("auto", "disableAutoMode", place)),
            None => Ok(()),
        };
        Self { bypass: bypass(options, env), auto }
    }

    /// Whether the query may be in this mode (rows 70, 71 and 80).
    ///
    /// # Errors
    /// Says who forbids it or what is missing.
    pub fn check(&self, mode: PermissionMode) -> Result<(), EngineError> {
        match mode {
            PermissionMode::BypassPermissions => self.bypass.clone(),
            PermissionMode::Auto => self.auto.clone(),
            PermissionMode::Default
            | PermissionMode::AcceptEdits
            | PermissionMode::Plan
            | PermissionMode::DontAsk => Ok(()),
        }
    }
}

fn disabled(mode: &str, key: &str, place: &str) -> EngineError {
    let kind = if mode == "auto" { ErrorKind::InvalidOption } else { ErrorKind::BypassNotAllowed };
    EngineError::new(kind, format!("permissionMode '{mode}' is disabled by permissions.{key} in {place}."))
}

fn bypass(options: &Options, env: &Env) -> Result<(), EngineError> {
    if let Some(place) = &options.bypass_disabled_by {
        return Err(disabled("bypassPermissions", "disableBypassPermissionsMode", place));
    }
    if !options.may_bypass {
        return Err(EngineError::new(
            ErrorKind::BypassNotAllowed,
            "permissionMode 'bypassPermissions' needs allowDangerouslySkipPermissions: true in the options of the query.",
        ));
    }
    if is_root() && !env.flag("IS_SANDBOX") {
        return Err(EngineError::new(
            ErrorKind::BypassRoot,
            "permissionMode 'bypassPermissions' is refused for root. Run as another user, or set IS_SANDBOX=1 in \
             options.env if this process is isolated from everything it must not harm.",
        ));
    }
    Ok(())
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
