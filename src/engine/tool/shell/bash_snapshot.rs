//! The user's aliases, functions and shell options: taken once from the rc file, given to every command (row 229).

use super::shell;
use crate::engine::clock::Clock;
use crate::engine::io::process::{self, CommandSpec, ProcessTable};
use crate::engine::io::{blocking, fs};
use crate::engine::{clock::new_uuid, tool::ToolContext};
use futures::FutureExt;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// An rc file that has not come to its end by then is given up.
const LIMIT: Duration = Duration::from_secs(10);
/// The largest rc file that is read, and the most that is taken from it.
const LARGEST: usize = 1024 * 1024;
/// The longest text that is handed over as an argument; the system takes 128 KB.
const LONGEST_ARGUMENT: usize = 100_000;
/// Above this many bytes, functions whose name begins with `_` are left out: those that complete words at a prompt.
const MANY: usize = 64 * 1024;
/// Variables that decide which shell runs, and what it reads.
const DECIDING: [&str; 5] = ["CLAUDE_CODE_SHELL", "SHELL", "PATH", "HOME", "ZDOTDIR"];

/// What is to run before every command; `None` when there is nothing. The first call of an engine runs the rc file; if
/// it is cancelled the file goes on running, for the next call.
pub(super) async fn of(cx: &ToolContext) -> Option<Arc<str>> {
    let key: String =
        DECIDING.iter().map(|name| format!("{name}={}\0", cx.env.get(name).unwrap_or_default())).collect();
    let found = cx.processes.once(&key, || {
        let (env, session) = (Arc::clone(&cx.env), Arc::clone(&cx.session_id));
        let (processes, clock) = (Arc::clone(&cx.processes), cx.clock.clone());
        let capture = async move {
            let (vars, tool_env) = (shell::environment(&env, &session, None), Arc::clone(&env));
            let (shell, rc) = blocking(move || Ok(sources(&tool_env))).await.ok()??;
            capture(&shell, &rc, vars, &processes, &clock).await
        };
        // A task of its own: the call that came first may be cancelled.
        let task = tokio::spawn(capture);
        async move { task.await.ok().flatten() }.boxed()
    });
    found.await
}

/// The shell and its rc file, if there is one.
fn sources(env: &crate::engine::env::Env) -> Option<(PathBuf, PathBuf)> {
    let shell = shell::find_shell(env).ok()?;
    let home = env.home().filter(|home| home.is_absolute())?;
    let rc = if is_zsh(&shell) {
        env.get("ZDOTDIR").map(PathBuf::from).unwrap_or(home).join(".zshrc")
    } else {
        home.join(".bashrc")
    };
    let metadata = fs::metadata(&rc).ok()?;
    (metadata.is_file() && metadata.len() <= LARGEST as u64).then_some((shell, rc))
}

fn is_zsh(shell: &Path) -> bool {
    shell.file_name().is_some_and(|name| name == "zsh")
}

/// Runs the rc file and takes what it has defined.
async fn capture(
    shell: &Path,
    rc: &Path,
    env: Vec<(String, String)>,
    processes: &Arc<ProcessTable>,
    clock: &Clock,
) -> Option<Arc<str>> {
    let file = rc.to_path_buf();
    let text = blocking(move || fs::read(&file)).await.ok()?;
    let (mark, zsh) = (format!("--{}--", new_uuid()), is_zsh(shell));
    // Most rc files stop at once when the shell is not interactive, and a shell that says it is would want a terminal.
    // So the words by which they find out are replaced. The text is an argument, which has a limit.
    let text = String::from_utf8_lossy(&text).replace("${-}", "$-").replace("$-", "himBHs");
    let text = Some(text).filter(|text| !zsh && text.len() <= LONGEST_ARGUMENT && !text.contains('\0'));
    let script = format!("{}\n{}", run_rc(zsh, text.is_some()), dump(zsh));
    let args: Vec<OsString> = vec![
        "-c".into(),
        script.into(),
        "rc".into(),
        mark.clone().into(),
        rc.into(),
        text.unwrap_or_default().into(),
    ];
    let cwd = rc.parent()?.to_path_buf();
    let spec = CommandSpec {
        program: shell.to_path_buf(),
        args,
        cwd,
        env,
        timeout: LIMIT,
        max_output: LARGEST,
        input: None,
        detached: false,
    };
    let finished = process::run(spec, processes, clock, &CancellationToken::new()).await.ok()?;
    finished.exit?;
    assemble(&finished.stdout.text(), &mark, zsh).map(Arc::from)
}

/// The part of the script that lists the options as they are by default and then runs the rc file: `$1` is the mark,
/// `$2` the file, `$3` its text if `by_text`.
fn run_rc(zsh: bool, by_text: bool) -> String {
    // A `return` at the top of the text needs a function around it.
    let run = if by_text { "__rc() { eval \"$1\"; }; __rc \"$3\"" } else { "source \"$2\"" };
    let prepare = if zsh { "" } else { "shopt -s expand_aliases; PS1='$ '; " };
    format!("{}\nprintf '%s\\n' \"$1\"\n{{ {prepare}{run}; }} >/dev/null 2>&1 </dev/null", options(zsh))
}

fn options(zsh: bool) -> &'static str {
    if zsh {
        "builtin setopt | while read -r o; do print -r -- \"setopt $o\"; done"
    } else {
        "shopt -p; shopt -po"
    }
}

/// The part that prints what there is now: options, functions (each behind a mark and its name), aliases.
fn dump(zsh: bool) -> String {
    let functions = if zsh {
        "for f in ${(ok)functions}; do printf '%s%s\\n' \"$1\" \"$f\"; builtin typeset -f -- \"$f\"; done"
    } else {
        "builtin declare -F | while read -r _ _ f; do [ \"$f\" = __rc ] && continue; \
         builtin printf '%s%s\\n' \"$1\" \"$f\"; builtin declare -f -- \"$f\"; done"
    };
    let aliases = if zsh { "builtin alias -L" } else { "builtin alias -p" };
    format!("{}\nprintf '%s\\n' \"$1\"\n{functions}\nprintf '%s\\n' \"$1\"\n{aliases}", options(zsh))
}

/// Options that are about a person at a terminal, or would change how commands are run here.
const NOT_OURS: [&str; 24] = [
    "login_shell",
    "restricted_shell",
    "expand_aliases",
    "errexit",
    "noexec",
    "xtrace",
    "verbose",
    "nounset",
    "monitor",
    "history",
    "emacs",
    "vi",
    "interactive",
    "login",
    "shinstdin",
    "zle",
    "privileged",
    "restricted",
    "promptsp",
    "promptcr",
    "ignoreeof",
    "notify",
    "onecmd",
    "exec",
];

/// The script for later commands from what the shell has printed.
fn assemble(printed: &str, mark: &str, zsh: bool) -> Option<String> {
    let (default, rest) = printed.split_once(&format!("{mark}\n"))?;
    let (options, rest) = rest.split_once(&format!("{mark}\n"))?;
    let (functions, aliases) = rest.rsplit_once(&format!("{mark}\n"))?;
    let mut script = String::new();
    let default: Vec<_> = default.lines().collect();
    for line in options.lines().filter(|line| !default.contains(line)) {
        let name = line.rsplit(' ').next().unwrap_or_default();
        if !NOT_OURS.contains(&name.trim_start_matches("no")) {
            push(&mut script, line);
        }
    }
    let mut bodies: Vec<(&str, &str)> =
        functions.split(mark).skip(1).filter_map(|function| function.split_once('\n')).collect();
    if bodies.iter().map(|(_, body)| body.len()).sum::<usize>() > MANY {
        bodies.retain(|(name, _)| !name.starts_with('_'));
    }
    bodies.iter().for_each(|(_, body)| push(&mut script, body.trim_end()));
    for line in aliases.lines().filter(|line| !asks(line)) {
        push(&mut script, line);
    }
    if script.is_empty() {
        return None;
    }
    if !zsh {
        push(&mut script, "shopt -s expand_aliases");
    }
    Some(script)
}

fn push(script: &mut String, line: &str) {
    script.push_str(line);
    script.push('\n');
}

/// Whether an alias makes a command ask before it acts: nobody can answer, and the command would do nothing.
fn asks(line: &str) -> bool {
    let alias = line.strip_prefix("alias ").unwrap_or_default();
    let Some((name, value)) = alias.split_once('=') else { return false };
    ["rm", "cp", "mv", "ln"].contains(&name)
        && value.split([' ', '\'', '"']).any(|word| {
            word == "--interactive"
                || word.starts_with('-') && !word.starts_with("--") && word.contains(['i', 'I'])
        })
}

#[cfg(test)]
#[path = "bash_snapshot_tests.rs"]
mod tests;
