//! Which shell runs a command, with what environment, and how its last directory is learned.

use crate::engine::hook;
use crate::engine::io::process::{ProcessTable, memory::ControlGroup, scratch};
use crate::engine::io::{fs, words::why};
use crate::engine::{env::Env, workspace::Workspace};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A shell that is about to run one command.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) shell: PathBuf,
    /// Where the command starts.
    pub(super) cwd: PathBuf,
    /// A directory that nobody else has during this call; a command that is ended late finds it gone and writes nothing.
    /// Why there is none else: on a full disk, commands are what makes room.
    scratch: Result<PathBuf, String>,
    /// Where that comes from.
    processes: Arc<ProcessTable>,
    /// What was taken from the user's rc file.
    snapshot: Option<PathBuf>,
    /// Scripts for the environment of all commands: the user's (`CLAUDE_ENV_FILE`), then those that hooks wrote.
    env_files: Vec<PathBuf>,
    /// The limit on the memory of commands.
    pub(super) memory: Option<Arc<ControlGroup>>,
    /// What the user wants all commands to go through (`CLAUDE_CODE_SHELL_PREFIX`).
    prefix: Option<String>,
}

impl Session {
    /// Finds the shell and the directory. `snapshot` is to run before the command. Blocks. An error is a text for the
    /// model.
    pub(super) fn open(
        env: &Env,
        workspace: &Workspace,
        session_id: &str,
        snapshot: Option<&str>,
        processes: Arc<ProcessTable>,
    ) -> Result<Self, String> {
        let shell = find_shell(env)?;
        let cwd = starting_dir(workspace)?;
        let prefix = env.get("CLAUDE_CODE_SHELL_PREFIX").map(str::to_owned);
        let base = temp_base(env);
        let made = processes.call_dirs.take(&base, session_id).and_then(|scratch| {
            let within = scratch.parent().unwrap_or(&base);
            let snapshot = snapshot.map(|text| snapshot_file(within, text)).transpose()?;
            Ok((snapshot, hook::env_file::all_in(within), scratch))
        });
        let (snapshot, of_hooks, scratch) = match made {
            Ok((snapshot, of_hooks, dir)) => (snapshot, of_hooks, Ok(dir)),
            Err(error) => (None, hook::env_file::all(&base, session_id), Err(why(&error))),
        };
        let env_files = env_file(env).into_iter().chain(of_hooks).collect();
        Ok(Self { shell, cwd, scratch, processes, snapshot, env_files, memory: None, prefix })
    }

    /// Where the command writes its last directory.
    fn cwd_file(&self) -> PathBuf {
        self.scratch.as_ref().map_or_else(|_| PathBuf::from("/dev/null"), |dir| dir.join("cwd"))
    }

    /// The shell's arguments: our script, the shell's name and the command, which is data to the script.
    ///
    /// The last directory is written when the shell exits in whatever way (the trap), and also after the command,
    /// for one that has set an EXIT trap of its own; most commands end where they began, and that is written nowhere.
    /// `shift` hides the command from its own positional parameters. The backslashes keep the user's aliases out of our own
    /// lines. The file is opened without being emptied: that would make some file systems put the first version of it on the
    /// disk before the second is written (a millisecond), and both are the same.
    pub(super) fn arguments(&self, command: &str) -> Vec<OsString> {
        // Its parts come from the environment and the session id, so the path is text.
        let write = format!(
            "[[ . -ef {} ]] || \\builtin pwd -P 2>/dev/null 1<>{}",
            quote(&self.cwd.to_string_lossy()),
            quote(&self.cwd_file().to_string_lossy())
        );
        let mut script = String::new();
        let snapshot = self.snapshot.iter().map(|file| (file, ">/dev/null 2>&1"));
        for (file, silence) in snapshot.chain(self.env_files.iter().map(|file| (file, ">/dev/null"))) {
            let file = quote(&file.to_string_lossy());
            script.push_str(&format!("[ ! -r {file} ] || \\builtin . {file} {silence}\n"));
        }
        // The group's redirection keeps a `set -x` of the command from tracing our own lines. All is one line, read before
        // the command runs: behind a command with an open quote bash would not understand the next one, and say so.
        script.push_str(&format!(
            "\\builtin trap -- {} EXIT\n\\builtin eval '\\builtin shift; '\"$1\"; {{ \\builtin set -- \"$?\"; \\builtin set +x; {write}; }} 2>/dev/null; \\builtin exit \"$1\"",
            quote(&write)
        ));
        let name = self.shell.file_name().unwrap_or(self.shell.as_os_str());
        let Some(prefix) = &self.prefix else {
            return vec!["-c".into(), script.into(), name.into(), command.into()];
        };
        // The prefix gets the whole call as one word, which it runs.
        let shell = quote(&self.shell.to_string_lossy());
        let call = [script.as_str(), &name.to_string_lossy(), command].map(quote).join(" ");
        vec!["-c".into(), format!("{prefix} \"$1\"").into(), name.into(), format!("{shell} -c {call}").into()]
    }

    /// Moves the workspace to where the command ended, if that is inside it.
    ///
    /// `keep` is false for a command that did not end by itself: the directory stays what it was. Blocks.
    pub(super) fn close(mut self, workspace: &Workspace, keep: bool, always_reset: bool) -> Option<String> {
        if let Err(why) = &self.scratch {
            return Some(format!(
                "(The shell's setup and its last directory were left out, as no temporary file could be made: {why}.)"
            ));
        }
        if !keep {
            return None;
        }
        let file = self.cwd_file();
        let (last, empty) = match fs::read(&file) {
            Ok(bytes) => {
                let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
                let last = fs::canonicalize(&path_of(bytes)).unwrap_or_default();
                (last, fs::remove_file(&file).is_ok())
            }
            // The command may have moved the directory and left a link in its place.
            Err(error) => {
                let last = fs::canonicalize(&self.cwd).unwrap_or_else(|_| self.cwd.clone());
                (last, error.kind() == std::io::ErrorKind::NotFound)
            }
        };
        // Its shell has ended, so nobody writes there any more; a program that was put before it may have left it running.
        if empty
            && self.prefix.is_none()
            && let Ok(dir) = std::mem::replace(&mut self.scratch, Err(String::new()))
        {
            self.processes.call_dirs.give_back(dir);
        }
        go_on_in(last, workspace, always_reset)
    }
}

/// Moves the workspace to `last`, if that is inside it, else back to where it began, with a notice.
pub(super) fn go_on_in(last: PathBuf, workspace: &Workspace, always_reset: bool) -> Option<String> {
    let original = workspace.home();
    if !always_reset && workspace.contains(&last) {
        workspace.set_current(last);
        return None;
    }
    workspace.set_current(original.clone());
    (last != original).then(|| format!("Shell cwd was reset to {}", original.display()))
}

impl Drop for Session {
    fn drop(&mut self) {
        // Also when the call was given up half way. A leftover would hold a path at most.
        if let Ok(dir) = &self.scratch {
            let _ = scratch::remove_dir(dir);
        }
    }
}

/// The user's script for the environment of all commands, if the environment names one.
fn env_file(env: &Env) -> Option<PathBuf> {
    env.get("CLAUDE_ENV_FILE").map(PathBuf::from).filter(|path| path.is_absolute())
}

/// Where `text` is as a file of the session; it is written once.
fn snapshot_file(dir: &Path, text: &str) -> std::io::Result<PathBuf> {
    let path = dir.join(format!("snapshot-{:016x}.sh", hash(text)));
    match scratch::write_private(&path, &[text.as_bytes()]) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(path),
    }
}

fn hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The current directory, or the original one when the current one has gone.
fn starting_dir(workspace: &Workspace) -> Result<PathBuf, String> {
    let is_dir = |path: &Path| fs::metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let current = workspace.current();
    if is_dir(&current) {
        return Ok(current);
    }
    let original = workspace.home();
    if is_dir(&original) {
        return Ok(original);
    }
    Err(format!("The working directory {} does not exist any more.", original.display()))
}

fn is_bash_or_zsh(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "bash" || name == "zsh")
}

fn is_program(path: &Path) -> bool {
    let Ok(metadata) = fs::metadata(path) else { return false };
    #[cfg(unix)]
    let executable = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let executable = true;
    metadata.is_file() && executable
}

/// `CLAUDE_CODE_SHELL`, else `SHELL` if it is one we can drive, else bash. An error is a text for the model.
pub(super) fn find_shell(env: &Env) -> Result<PathBuf, String> {
    if let Some(asked) = env.get("CLAUDE_CODE_SHELL").map(PathBuf::from) {
        if is_bash_or_zsh(&asked) && is_program(&asked) {
            return Ok(asked);
        }
        let asked = asked.display();
        return Err(format!("CLAUDE_CODE_SHELL is {asked}, which is not an executable bash or zsh."));
    }
    let users = env.get("SHELL").map(PathBuf::from).filter(|shell| is_bash_or_zsh(shell));
    let in_path = env.get("PATH").unwrap_or_default().split(':').map(|dir| Path::new(dir).join("bash"));
    users
        .into_iter()
        .chain([PathBuf::from("/bin/bash")])
        .chain(in_path)
        .find(|shell| shell.is_absolute() && is_program(shell))
        .ok_or_else(|| "No shell found: install bash, or name bash or zsh in CLAUDE_CODE_SHELL.".to_owned())
}

/// With these a shell's `cd` leads elsewhere than by the directory that it starts in, which is what a line is judged by.
const MOVES_CD: [&str; 3] = ["CDPATH", "OLDPWD", "PWD"];

/// The environment of a command: the query's, marked as ours, without what is not the command's business.
pub(super) fn environment(env: &Env, session_id: &str, effort: Option<&str>) -> Vec<(String, String)> {
    let scrub = env.flag("CLAUDE_CODE_SUBPROCESS_ENV_SCRUB");
    let effort = effort.map(|effort| ("CLAUDE_EFFORT", effort.to_owned()));
    let marks = [
        ("CLAUDECODE", "1".to_owned()),
        ("CLAUDE_CODE_CHILD_SESSION", "1".to_owned()),
        ("CLAUDE_CODE_SESSION_ID", session_id.to_owned()),
        ("CLAUDE_PID", std::process::id().to_string()),
    ];
    let mut vars: Vec<(String, String)> = env
        .iter()
        .filter(|(name, _)| !(name.starts_with("OTEL_") || scrub && Env::is_credential(name)))
        .filter(|(name, _)| !MOVES_CD.contains(name))
        // A name or value that the system cannot hold would make the start fail with an unclear error.
        .filter(|(name, value)| !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0'))
        .filter(|(name, _)| marks.iter().chain(&effort).all(|(mark, _)| mark != name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    vars.extend(marks.into_iter().chain(effort).map(|(name, value)| (name.to_owned(), value)));
    vars
}

pub(super) use crate::engine::tool::saved::temp_base;

/// `text` in single quotes, so that a shell takes it as it is.
pub(super) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A path as a shell has written it.
fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    return PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes));
    #[cfg(not(unix))]
    return PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
}

#[cfg(test)]
#[path = "bash_shell_tests.rs"]
mod tests;
