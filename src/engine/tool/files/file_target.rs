//! What Read, Edit and Write share: which file an input means, and whether the model knows its present state.

use super::read_state::{Extent, ReadState, Seen};
use crate::engine::io::files::Files;
use crate::engine::tool::{ToolContext, ToolError};
use crate::engine::workspace::Workspace;
use serde_json::Value;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Files over this size are not read into memory.
pub const LARGEST: u64 = 256 * 1024 * 1024;

/// `input.file_path` as an absolute path, or what the model must change.
pub fn absolute(input: &Value, workspace: &Workspace) -> Result<PathBuf, ToolError> {
    absolute_field(input, "file_path", workspace)
}

/// The path in `field` as an absolute path, or what the model must change.
pub fn absolute_field(input: &Value, field: &str, workspace: &Workspace) -> Result<PathBuf, ToolError> {
    let given = input.get(field).and_then(Value::as_str).unwrap_or_default();
    let wrong = |text: String| Err(ToolError::Respond(text));
    if given.is_empty() {
        return wrong(format!("{field} is empty. Give the absolute path of a file."));
    }
    if given.contains('\0') {
        return wrong(format!("{field} contains a NUL byte. Give the absolute path of a file."));
    }
    let path = Path::new(given);
    if !path.is_absolute() {
        let proposal = workspace.current().join(given);
        return wrong(format!(
            "{field} must be absolute, and {given} is not. Did you mean {}?",
            proposal.display()
        ));
    }
    Ok(path.to_path_buf())
}

/// `path` with links resolved; must still be the file that the call was allowed for.
pub fn target(path: &Path, cx: &ToolContext) -> Result<PathBuf, String> {
    let resolved = cx.files.resolve(path).map_err(|error| cannot("resolve", path, &error))?;
    match &cx.judged {
        Some(judged) if *judged != resolved => Err(format!(
            "{} points to another file than when the call was allowed. Try again.",
            path.display()
        )),
        _ => Ok(resolved),
    }
}

/// A regular file as it is now: its resolved path and state. `None` when there is nothing at the path.
pub struct Present {
    /// Modification time and size.
    pub seen: Seen,
}

/// Looks at `resolved`; refuses what is no regular file or too large, with advice for the model.
pub fn look(files: &dyn Files, resolved: &Path, shown: &Path) -> Result<Option<Present>, String> {
    let meta = match files.stat(resolved) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("read", shown, &error)),
    };
    if meta.is_dir() {
        return Err(format!("{} is a directory. List it with Glob, or with ls in Bash.", shown.display()));
    }
    if !meta.is_file() {
        return Err(format!(
            "{} is no regular file (a device, socket or pipe), so it cannot be used here.",
            shown.display()
        ));
    }
    if meta.size > LARGEST {
        let mb = meta.size / (1024 * 1024);
        return Err(format!(
            "{} has {mb} MB; files over 256 MB are not opened. Use Grep, or head and tail in Bash.",
            shown.display()
        ));
    }
    Ok(Some(Present { seen: Seen { modified: meta.modified, size: meta.size, extent: Extent::Whole } }))
}

/// A file error in words.
pub fn cannot(verb: &str, shown: &Path, error: &std::io::Error) -> String {
    let why = crate::engine::io::words::why(error);
    format!("Cannot {verb} {}: {why}.", shown.display())
}

/// How well the model knows a file that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// It has not seen it.
    None,
    /// It has seen some of its lines.
    Partial,
    /// It has seen every line, but long ones only in part.
    LinesCut,
    /// It has seen it, but the file has changed since.
    Stale,
    /// It has seen all of it as it is now.
    Current,
}

/// What the model knows of `resolved`, which is now in the state `present`.
pub fn knowledge(state: &ReadState, resolved: &Path, present: &Present) -> Knowledge {
    let Some(seen) = state.get(resolved) else { return Knowledge::None };
    let same = same_state(&seen, &present.seen);
    match seen.extent {
        Extent::Lines { earlier: false, .. } => Knowledge::Partial,
        Extent::Lines { earlier: true, .. } => Knowledge::Stale,
        Extent::Whole | Extent::LinesCut if !same => Knowledge::Stale,
        Extent::LinesCut => Knowledge::LinesCut,
        Extent::Whole => Knowledge::Current,
    }
}

fn same_state(one: &Seen, other: &Seen) -> bool {
    one.modified == other.modified && one.size == other.size
}

/// What the model has seen after it was shown `count` lines from `start` of the `total` of a file in the state `present`.
pub fn seen_lines(
    state: &ReadState,
    resolved: &Path,
    present: &Present,
    (start, count, total): (u64, u64, u64),
    cut: bool,
) -> Seen {
    let before = state.get(resolved);
    let same = before.as_ref().filter(|seen| same_state(seen, &present.seen)).map(|seen| &seen.extent);
    let mut extent = Extent::of_lines(start, count, total, cut, same);
    if let (Extent::Lines { earlier, .. }, None, Some(before)) = (&mut extent, same, &before) {
        *earlier = match before.extent {
            Extent::Whole | Extent::LinesCut => true,
            Extent::Lines { earlier, .. } => earlier,
        };
    }
    Seen { extent, ..present.seen.clone() }
}

/// Writes `content` and records what the model knows of the new state, which is what it `known` of the old one.
pub fn write(
    resolved: PathBuf,
    shown: &Path,
    content: &[u8],
    known: Knowledge,
    cx: &ToolContext,
) -> Result<(), String> {
    // The last moment at which nothing has happened.
    if cx.cancel.is_cancelled() {
        return Err("The call was cancelled.".to_owned());
    }
    if cx.env.flag("CLAUDE_CODE_PERFORCE_MODE")
        && cx.files.stat(&resolved).is_ok_and(|stat| !stat.owner_may_write)
    {
        return Err(format!(
            "{0} is not open for editing in Perforce. Run `p4 edit {0}` in Bash, then try again.",
            shown.display()
        ));
    }
    if let Some(parent) = resolved.parent() {
        cx.files.create_dir_all(parent).map_err(|error| cannot("create the directory of", shown, &error))?;
    }
    cx.files.write_atomic(&resolved, content).map_err(|error| cannot("write", shown, &error))?;
    let extent = match known {
        Knowledge::Current => Extent::Whole,
        Knowledge::LinesCut => Extent::LinesCut,
        // What was known before stays what it was: of an older state.
        Knowledge::None | Knowledge::Partial | Knowledge::Stale => return Ok(()),
    };
    if let Some(present) = look(&*cx.files, &resolved, shown)? {
        cx.read_state.record(resolved, Seen { extent, ..present.seen });
    }
    Ok(())
}

/// Runs file work on the blocking pool; its error texts go to the model.
pub async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, ToolError> {
    let done = crate::engine::io::blocking(move || Ok(work())).await;
    done.map_err(ToolError::bug)?.map_err(ToolError::Respond)
}

/// The path to show when a file is missing: with the working directory, and a sibling that may be meant.
pub fn missing(path: &Path, cx: &ToolContext) -> String {
    let cwd = cx.workspace.current();
    let sibling = path.parent().and_then(|dir| {
        let stem = path.file_stem()?;
        let mut names = cx.files.entries(dir).ok()?.into_iter().map(|entry| entry.name);
        names.find(|name| Path::new(name).file_stem() == Some(stem)).map(|name| dir.join(name))
    });
    let hint = sibling.map(|found| format!(" Did you mean {}?", found.display())).unwrap_or_default();
    format!("File does not exist: {}. The working directory is {}.{hint}", path.display(), cwd.display())
}
