//! `RemoteFiles`: a file system behind the callbacks of `options.executors.fs`.

use super::{ExecutorCall, Fault, bytes_from_json, bytes_to_json};
use crate::engine::host::Host;
use crate::engine::io::files::{Entry, Files, Kind, Stat, lexical};
use futures::future::{Either, select};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio_util::sync::CancellationToken;

/// A file system of the embedder's. A question that it does not answer is given up when the token is cancelled.
pub struct RemoteFiles {
    host: Arc<dyn Host>,
    cancel: CancellationToken,
}

impl std::fmt::Debug for RemoteFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteFiles").finish_non_exhaustive()
    }
}

/// `FsStat` of the public types.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireStat {
    r#type: WireKind,
    size: f64,
    mtime_ms: f64,
    mode: f64,
}

/// `FsEntry` of the public types.
#[derive(Deserialize)]
struct WireEntry {
    name: String,
    r#type: WireKind,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum WireKind {
    File,
    Directory,
    Symlink,
    Other,
}

impl From<WireKind> for Kind {
    fn from(kind: WireKind) -> Self {
        match kind {
            WireKind::File => Self::File,
            WireKind::Directory => Self::Directory,
            WireKind::Symlink => Self::Link,
            WireKind::Other => Self::Other,
        }
    }
}

const A_STAT: &str =
    "{ type: 'file' | 'directory' | 'symlink' | 'other', size, mtimeMs, mode } with numbers of at least 0";

impl RemoteFiles {
    /// The file system that `host` answers for.
    pub fn new(host: Arc<dyn Host>, cancel: CancellationToken) -> Self {
        Self { host, cancel }
    }

    fn ask(&self, method: &'static str, params: Value) -> io::Result<Value> {
        let asked = self.host.execute(ExecutorCall { method, params });
        let cancelled = pin!(self.cancel.cancelled());
        match futures::executor::block_on(select(asked, cancelled)) {
            Either::Left((answer, _)) => Ok(answer?),
            Either::Right(_) => Err(io::Error::new(ErrorKind::Interrupted, "the call was cancelled")),
        }
    }

    fn stat_by(&self, method: &'static str, path: &Path) -> io::Result<(Stat, u32)> {
        let answer = self.ask(method, json!({ "path": text(path)? }))?;
        let garbage = || Fault::garbage(method, A_STAT);
        let stat: WireStat = serde_json::from_value(answer).map_err(|_| garbage())?;
        let (size, mode) = (whole(stat.size).ok_or_else(garbage)?, whole(stat.mode).ok_or_else(garbage)?);
        let modified = Duration::try_from_secs_f64(stat.mtime_ms / 1000.0)
            .ok()
            .and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since))
            .ok_or_else(garbage)?;
        let owner_may_write = mode & 0o200 != 0;
        let mode = u32::try_from(mode & 0o7777).unwrap_or_default();
        Ok((Stat { kind: stat.r#type.into(), size, modified, owner_may_write }, mode))
    }

    fn read_part(&self, path: &Path, most: Option<u64>) -> io::Result<Vec<u8>> {
        const READ: &str = "fs.readFile";
        let mut params = json!({ "path": text(path)? });
        if let Some(most) = most {
            params["offset"] = 0.into();
            params["length"] = most.into();
        }
        let answer = self.ask(READ, params)?;
        bytes_from_json(answer).ok_or_else(|| Fault::garbage(READ, "a Uint8Array").into())
    }

    fn realpath(&self, path: &Path) -> io::Result<PathBuf> {
        const REAL: &str = "fs.realpath";
        let answer = self.ask(REAL, json!({ "path": text(path)? }))?;
        let real = answer.as_str().map(PathBuf::from);
        // Everything that permissions say is said of this path.
        real.filter(|real| real.is_absolute() && lexical(real) == *real && !has_nul(real))
            .ok_or_else(|| Fault::garbage(REAL, "an absolute path without links, . and ..").into())
    }

    fn resolve_from(&self, path: &Path) -> io::Result<PathBuf> {
        match self.realpath(path) {
            Err(error) if is_missing(&error) => {}
            done => return done,
        }
        let mut parts = path.components();
        let Some(last) = parts.next_back() else { return Ok(path.to_path_buf()) };
        let parent = parts.as_path();
        match last {
            Component::Prefix(_) | Component::RootDir => Ok(path.to_path_buf()),
            Component::CurDir => self.resolve_from(parent),
            Component::ParentDir => {
                let mut resolved = self.resolve_from(parent)?;
                resolved.pop();
                Ok(resolved)
            }
            Component::Normal(name) => {
                let next = self.resolve_from(parent)?.join(name);
                match self.stat_by("fs.lstat", &next) {
                    Err(error) if is_missing(&error) => Ok(next),
                    Err(error) => Err(error),
                    Ok((stat, _)) if stat.kind != Kind::Link => Ok(next),
                    // A `..` behind something missing has hidden that it is there.
                    Ok(_) if next != path => self.resolve_from(&next),
                    Ok(_) => Err(io::Error::other("it is a link that leads nowhere")),
                }
            }
        }
    }

    fn unlink(&self, path: &Path) -> io::Result<()> {
        self.ask("fs.unlink", json!({ "path": text(path)? })).map(|_| ())
    }
}

impl Files for RemoteFiles {
    fn until(&self, cancel: &CancellationToken) -> Option<Arc<dyn Files>> {
        Some(Arc::new(Self { host: Arc::clone(&self.host), cancel: cancel.clone() }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_part(path, None)
    }

    fn read_head(&self, path: &Path, most: usize) -> io::Result<(Vec<u8>, bool)> {
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = self.read_part(path, Some(limit))?;
        let more = bytes.len() > most;
        bytes.truncate(most);
        Ok((bytes, more))
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        self.stat_by("fs.stat", path).map(|(stat, _)| stat)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.resolve_from(path)
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<Entry>> {
        const READDIR: &str = "fs.readdir";
        let answer = self.ask(READDIR, json!({ "path": text(path)? }))?;
        let garbage =
            || Fault::garbage(READDIR, "an array of { name, type } with a name that is one part of a path");
        let entries: Vec<WireEntry> = serde_json::from_value(answer).map_err(|_| garbage())?;
        let mut found = Vec::with_capacity(entries.len());
        for entry in entries {
            let plain = !entry.name.contains(['/', '\0']) && !matches!(&*entry.name, "" | "." | "..");
            if !plain {
                return Err(garbage().into());
            }
            found.push(Entry { name: entry.name, kind: entry.r#type.into() });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        self.ask("fs.mkdir", json!({ "path": text(path)? })).map(|_| ())
    }

    fn write_atomic(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mode = match self.stat_by("fs.stat", path) {
            Ok((_, mode)) => Some(mode),
            Err(error) if is_missing(&error) => None,
            Err(error) => return Err(error),
        };
        if mode.is_some_and(|mode| mode & 0o222 == 0) {
            return Err(io::Error::new(ErrorKind::PermissionDenied, "the file is read-only"));
        }
        let parent = path.parent().unwrap_or(Path::new("/"));
        // Not named after the target: its name may be as long as a name may be.
        let temporary = parent.join(format!(".{:016x}.tmp", fastrand::u64(..)));
        let written = self.ask(
            "fs.writeFile",
            json!({ "path": text(&temporary)?, "data": bytes_to_json(content), "mode": mode, "exclusive": true }),
        );
        let done = written.and_then(|_| {
            self.ask("fs.rename", json!({ "from": text(&temporary)?, "to": text(path)? })).map(|_| ())
        });
        if let Err(error) = &done
            && error.kind() != ErrorKind::AlreadyExists
        {
            // What was cancelled is tidied up too, without waiting for it.
            let _ = self.unlink(&temporary);
        }
        done
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn has_nul(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().contains(&0)
}

/// A path as it crosses.
fn text(path: &Path) -> io::Result<&str> {
    path.to_str().ok_or_else(|| io::Error::new(ErrorKind::InvalidFilename, "the path is no text"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
fn whole(number: f64) -> Option<u64> {
    (0.0..9e15).contains(&number).then_some(number as u64)
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
