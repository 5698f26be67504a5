//! Every hook event by name, what its matcher compares, and what a failing callback means for it.

use super::table::Kind;
use serde::{Deserialize, Serialize};
use std::time::Duration;

macro_rules! events {
    ($($name:ident: $doc:literal,)*) => {
        /// A hook event. All documented names are accepted; those whose subject the engine has fire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum HookEvent {
            $(#[doc = $doc] $name,)*
        }

        impl HookEvent {
            /// Every event.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name as options, settings and inputs carry it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

events! {
    PreToolUse: "A tool call is about to be judged.",
    PostToolUse: "A tool has succeeded.",
    PostToolUseFailure: "A tool that had started has failed.",
    PostToolBatch: "All calls of one reply are answered.",
    Notification: "Something wants a person's attention.",
    UserPromptSubmit: "A prompt is about to go to the model.",
    UserPromptExpansion: "A typed command is about to become a prompt.",
    SessionStart: "A session begins.",
    SessionEnd: "A session ends.",
    Stop: "The agent is about to stop.",
    StopFailure: "The API ended the turn with a failure.",
    SubagentStart: "A subagent begins.",
    SubagentStop: "A subagent is about to stop.",
    PreCompact: "The conversation is about to be compacted.",
    PostCompact: "The conversation was compacted.",
    PreModelSwitch: "The model is about to change.",
    PostModelSwitch: "The model has changed.",
    PermissionRequest: "Somebody is about to be asked for permission.",
    PermissionDenied: "The classifier of mode auto has refused a call.",
    Setup: "A session is being set up.",
    TeammateIdle: "A teammate has nothing to do.",
    TaskCreated: "A task was created.",
    TaskCompleted: "A task was completed.",
    Elicitation: "An MCP server asks the user for something.",
    ElicitationResult: "An MCP server is about to get the user's answer.",
    ConfigChange: "A settings file has changed.",
    WorktreeCreate: "A git worktree is about to be created.",
    WorktreeRemove: "A git worktree was removed.",
    InstructionsLoaded: "A file of instructions was loaded.",
    CwdChanged: "The shell's directory has changed.",
    FileChanged: "A watched file has changed.",
    DirectoryAdded: "A working directory was added.",
    MessageDisplay: "A text of the assistant is about to be shown.",
}

impl HookEvent {
    /// The event of that name; names are case-sensitive (row 156).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.name() == name)
    }

    /// Whether a matcher has something to compare; where not, it is ignored (rows 160 and 161).
    pub fn has_subject(self) -> bool {
        match self {
            Self::UserPromptSubmit
            | Self::PostToolBatch
            | Self::Stop
            | Self::TeammateIdle
            | Self::TaskCreated
            | Self::TaskCompleted
            | Self::WorktreeCreate
            | Self::WorktreeRemove
            | Self::MessageDisplay
            | Self::CwdChanged => false,
            Self::PreToolUse
            | Self::PostToolUse
            | Self::PostToolUseFailure
            | Self::Notification
            | Self::UserPromptExpansion
            | Self::SessionStart
            | Self::SessionEnd
            | Self::StopFailure
            | Self::SubagentStart
            | Self::SubagentStop
            | Self::PreCompact
            | Self::PostCompact
            | Self::PreModelSwitch
            | Self::PostModelSwitch
            | Self::PermissionRequest
            | Self::PermissionDenied
            | Self::Setup
            | Self::Elicitation
            | Self::ElicitationResult
            | Self::ConfigChange
            | Self::InstructionsLoaded
            | Self::FileChanged
            | Self::DirectoryAdded => true,
        }
    }

    /// Whether its matcher is a list of exact values whatever characters it has (row 159).
    pub fn exact_only(self) -> bool {
        matches!(self, Self::FileChanged | Self::StopFailure)
    }

    /// Whether the subject is a tool's name.
    pub fn about_tool(self) -> bool {
        matches!(
            self,
            Self::PreToolUse
                | Self::PostToolUse
                | Self::PostToolUseFailure
                | Self::PermissionRequest
                | Self::PermissionDenied
        )
    }

    /// Whether a callback that fails refuses what it was asked about: code that guards must not let through by breaking.
    pub fn guards(self) -> bool {
        matches!(
            self,
            Self::PreToolUse | Self::UserPromptSubmit | Self::UserPromptExpansion | Self::PermissionRequest
        )
    }

    /// Whether `onFailure: 'block'` means nothing for it (row 167).
    pub fn ignores_on_failure(self) -> bool {
        matches!(self, Self::Stop | Self::SubagentStop | Self::TaskCompleted | Self::TeammateIdle)
    }

    /// Whether exit code 2 of a command blocks something (rows 200 and 202).
    pub fn exit_2(self) -> ExitTwo {
        match self {
            Self::PreToolUse
            | Self::UserPromptSubmit
            | Self::UserPromptExpansion
            | Self::Stop
            | Self::SubagentStop
            | Self::PostToolBatch
            | Self::PreCompact
            | Self::PreModelSwitch
            | Self::ConfigChange
            | Self::TaskCreated
            | Self::TaskCompleted
            | Self::TeammateIdle
            | Self::WorktreeCreate
            | Self::Elicitation
            | Self::ElicitationResult => ExitTwo::Blocks,
            Self::PostToolUse | Self::PostToolUseFailure => ExitTwo::TellsModel,
            Self::SessionStart
            | Self::SessionEnd
            | Self::Setup
            | Self::SubagentStart
            | Self::CwdChanged
            | Self::FileChanged
            | Self::DirectoryAdded
            | Self::PostModelSwitch
            | Self::PostCompact => ExitTwo::TellsUser,
            Self::PermissionRequest
            | Self::PermissionDenied
            | Self::Notification
            | Self::StopFailure
            | Self::InstructionsLoaded
            | Self::MessageDisplay
            | Self::WorktreeRemove => ExitTwo::Ignored,
        }
    }

    /// What comes of a hook that fails and is to block.
    pub fn refusal(self) -> Refusal {
        match self.exit_2() {
            ExitTwo::Blocks if self == Self::PostToolBatch => Refusal::EndsTurn,
            ExitTwo::Blocks => Refusal::Refuses,
            ExitTwo::TellsModel => Refusal::TellsModel,
            ExitTwo::TellsUser | ExitTwo::Ignored if self.guards() => Refusal::Refuses,
            ExitTwo::TellsUser | ExitTwo::Ignored => Refusal::Nothing,
        }
    }

    /// Whether what a command prints in plain text is context for the model (row 199).
    pub fn plain_output_is_context(self) -> bool {
        matches!(self, Self::UserPromptSubmit | Self::UserPromptExpansion | Self::SessionStart)
    }

    /// How long a hook may take unless its matcher says otherwise (row 164). A question for permission waits as long
    /// as it takes, like `canUseTool`.
    pub fn default_timeout(self, kind: Kind) -> Option<Duration> {
        if kind == Kind::Callback && self == Self::PermissionRequest {
            return None;
        }
        let of_event =
            [(Self::UserPromptSubmit, 30.0), (Self::MessageDisplay, 10.0), (Self::SessionEnd, 1.5)]
                .into_iter()
                .find(|(event, _)| *event == self)
                .map(|(_, seconds)| seconds);
        let of_kind = match kind {
            Kind::Prompt => 30.0,
            Kind::Agent => 60.0,
            Kind::Callback | Kind::Command | Kind::Http | Kind::ServerTool => 600.0,
        };
        Some(Duration::from_secs_f64(of_event.unwrap_or(of_kind)))
    }

    /// Whether settings may have a hook of that type for it (row 180).
    pub fn takes(self, kind: Kind) -> bool {
        let start = matches!(self, Self::SessionStart | Self::Setup);
        let judged = self.about_tool()
            || matches!(
                self,
                Self::PostToolBatch
                    | Self::UserPromptSubmit
                    | Self::UserPromptExpansion
                    | Self::Stop
                    | Self::SubagentStop
                    | Self::TaskCreated
                    | Self::TaskCompleted
            );
        match kind {
            Kind::Callback | Kind::Command | Kind::ServerTool => true,
            Kind::Http => !start,
            Kind::Prompt | Kind::Agent => judged,
        }
    }

    /// Whether its hooks may leave variables for later commands (row 175).
    pub fn sets_environment(self) -> bool {
        matches!(self, Self::SessionStart | Self::Setup | Self::CwdChanged | Self::FileChanged)
    }

    /// Whether messages tell of its hooks although nobody asked for that (row 219).
    pub fn always_told(self) -> bool {
        matches!(self, Self::SessionStart | Self::Setup)
    }
}

/// What exit code 2 of a command hook means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitTwo {
    /// What the event is about does not happen.
    Blocks,
    /// The model is told what the command wrote to standard error.
    TellsModel,
    /// The user is told.
    TellsUser,
    /// Nothing.
    Ignored,
}

/// What a hook that fails and is to block can bring about at its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// What it was asked about does not happen.
    Refuses,
    /// The agent goes no further.
    EndsTurn,
    /// It has happened already: the model hears of the objection.
    TellsModel,
    /// There is nothing to refuse.
    Nothing,
}
