//! Runs git for tools: nothing that a repository's configuration names is started by it.

use super::ToolContext;
use crate::engine::io::process::{self, CommandSpec, Exit};
use crate::engine::io::{blocking, fs};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of an output that are passed on.
const LARGEST: usize = 1024 * 1024;

/// Git in one directory.
pub(super) struct Git<'a> {
    program: PathBuf,
    dir: PathBuf,
    /// How long one call may take.
    patience: Duration,
    cx: &'a ToolContext,
}

/// What a call gave.
pub(super) struct Done {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error, trimmed.
    pub error: String,
}

impl<'a> Git<'a> {
    /// Git in `dir`; `None` where there is no such program.
    pub(super) async fn at(dir: &Path, patience: Duration, cx: &'a ToolContext) -> Option<Self> {
        let search = cx.env.get("PATH").unwrap_or_default().to_owned();
        let program = blocking(move || Ok(find("git", &search))).await.ok()??;
        Some(Self { program, dir: dir.to_path_buf(), patience, cx })
    }

    /// `None` when git could not be run to its end, or said more than can be kept.
    pub(super) async fn run(&self, args: &[&OsStr]) -> Option<Done> {
        // No monitor, no hooks, no pager. External diffs are for the caller to turn off.
        let fixed = [
            "--no-pager",
            "--no-optional-locks",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.quotePath=false",
        ];
        let args: Vec<OsString> =
            fixed.iter().map(OsString::from).chain(args.iter().map(|arg| (*arg).to_owned())).collect();
        let spec = CommandSpec {
            program: self.program.clone(),
            args,
            cwd: self.dir.clone(),
            env: self.cx.env.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            timeout: self.patience,
            max_output: LARGEST,
            input: None,
            detached: false,
        };
        let done = process::run(spec, &self.cx.processes, &self.cx.clock, &self.cx.cancel).await.ok()?;
        match done.exit? {
            Exit::Code(code) if done.stdout.tail.is_empty() => {
                let error = done.stderr.text().trim().to_owned();
                Some(Done { code, out: done.stdout.text(), error })
            }
            Exit::Code(_) | Exit::Signal(_) => None,
        }
    }
}

/// The program `name` in a list of directories as `PATH` has it.
fn find(name: &str, search: &str) -> Option<PathBuf> {
    std::env::split_paths(search)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(name))
        .find(|path| fs::metadata(path).is_ok_and(|meta| meta.is_file()))
}
