//! Where settings come from, from the weakest to the strongest.

use crate::engine::permission::PermissionUpdateDestination;
use std::path::{Path, PathBuf};

/// A source of settings. The order is the order of precedence (row 142).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The user's own file.
    User,
    /// The project's shared file.
    Project,
    /// The project's file that is not shared.
    Local,
    /// The option `settings`, and what `applyFlagSettings` changed.
    Flag,
    /// The machine's policy file and the option `managedSettings`.
    Managed,
}

impl Source {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Project => "project",
            Self::Local => "local",
            Self::Flag => "flag",
            Self::Managed => "managed",
        }
    }

    /// What rules of this source are marked with.
    pub fn destination(self) -> PermissionUpdateDestination {
        match self {
            Self::User => PermissionUpdateDestination::UserSettings,
            Self::Project => PermissionUpdateDestination::ProjectSettings,
            Self::Local => PermissionUpdateDestination::LocalSettings,
            Self::Flag => PermissionUpdateDestination::FlagSettings,
            Self::Managed => PermissionUpdateDestination::PolicySettings,
        }
    }

    /// Whether the file may have come with the repository.
    pub fn of_project(self) -> bool {
        match self {
            Self::Project | Self::Local => true,
            Self::User | Self::Flag | Self::Managed => false,
        }
    }
}

/// The settings files of one session, whether they exist or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// `None` without a home directory.
    pub user: Option<PathBuf>,
    /// The project's shared file.
    pub project: PathBuf,
    /// The project's local file.
    pub local: PathBuf,
    /// The machine's policy.
    pub managed: PathBuf,
}

impl Places {
    /// The project's directory: the one whose `.claude` holds the shared file, which is the working directory when none
    /// has one. Hooks and servers know it as `CLAUDE_PROJECT_DIR` (row 174).
    pub fn project_root(&self) -> &Path {
        self.project.ancestors().nth(2).unwrap_or(&self.project)
    }

    /// The file that an update for `destination` is written to.
    pub fn file(&self, destination: PermissionUpdateDestination) -> Option<&Path> {
        match destination {
            PermissionUpdateDestination::UserSettings => self.user.as_deref(),
            PermissionUpdateDestination::ProjectSettings => Some(&self.project),
            PermissionUpdateDestination::LocalSettings => Some(&self.local),
            PermissionUpdateDestination::Session
            | PermissionUpdateDestination::CliArg
            | PermissionUpdateDestination::FlagSettings
            | PermissionUpdateDestination::PolicySettings => None,
        }
    }
}

/// The policy file of this machine.
pub fn policy_file() -> PathBuf {
    let folder = if cfg!(target_os = "macos") {
        "/Library/Application Support/ClaudeCode"
    } else if cfg!(windows) {
        "C:\\Program Files\\ClaudeCode"
    } else {
        "/etc/claude-code"
    };
    Path::new(folder).join("managed-settings.json")
}
