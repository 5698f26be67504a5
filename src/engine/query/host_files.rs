//! Files on behalf of the host: `readFile()` and `seedReadState()`.

use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io::{self, files::Files};
use crate::engine::message::control::Encoding;
use crate::engine::session::run::Session;
use crate::engine::tool::files::read_state::{Extent, Seen};
use crate::engine::workspace::Workspace;
use base64::Engine as _;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use tokio_util::sync::{CancellationToken, DropGuard};

/// What is returned at most unless `maxBytes` says otherwise.
const DEFAULT_MAX_BYTES: usize = 1_000_000;

/// The file at `path`, which may be relative to the working directory; `null` if it is not there.
pub async fn read(
    session: &Session,
    path: &str,
    max_bytes: Option<usize>,
    encoding: Encoding,
) -> Result<Value, EngineError> {
    let path = absolute(&session.workspace, path)?;
    let shown = path.clone();
    let most = max_bytes.unwrap_or(DEFAULT_MAX_BYTES);
    let (files, _stop_on_drop) = files(&session.workspace);
    let content = io::blocking(move || match files.stat(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(meta) if meta.is_file() => files.read_head(&path, most).map(Some),
        Ok(_) => Err(std::io::Error::other("it is not a regular file")),
    })
    .await
    .map_err(|error| invalid(format!("readFile: {} cannot be read: {error}", shown.display())))?;
    let Some((bytes, truncated)) = content else { return Ok(Value::Null) };
    let mut answer = json!({ "absPath": shown.to_string_lossy() });
    match encoding {
        Encoding::Base64 => {
            answer["contents"] = base64::engine::general_purpose::STANDARD.encode(&bytes).into();
            answer["encoding"] = "base64".into();
        }
        Encoding::Utf8 => {
            let whole = whole_characters(&bytes, truncated);
            let text = String::from_utf8_lossy(whole);
            if matches!(text, std::borrow::Cow::Owned(_)) {
                answer["lossy"] = true.into();
            }
            answer["contents"] = text.into();
        }
    }
    if truncated {
        answer["truncated"] = true.into();
    }
    Ok(answer)
}

/// What was cut off in the middle of a character ends before it.
fn whole_characters(bytes: &[u8], truncated: bool) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if truncated && error.error_len().is_none() => &bytes[..error.valid_up_to()],
        Ok(_) | Err(_) => bytes,
    }
}

/// Counts a file as read at `mtime`, in milliseconds since 1970 (row 266). Nothing happens if it has changed since: it
/// must be read then.
pub async fn seed(session: &Session, path: &str, mtime: f64) -> Result<Value, EngineError> {
    let path = absolute(&session.workspace, path)?;
    if !mtime.is_finite() || mtime < 0.0 {
        return Err(invalid("seedReadState: mtime must be milliseconds since 1970".to_owned()));
    }
    let seen = UNIX_EPOCH
        .checked_add(Duration::try_from_secs_f64(mtime / 1000.0).unwrap_or_default())
        .unwrap_or(UNIX_EPOCH);
    let shown = path.display().to_string();
    let (files, _stop_on_drop) = files(&session.workspace);
    let found = io::blocking(move || {
        let resolved = files.resolve(&path)?;
        match files.stat(&resolved) {
            Ok(meta) => Ok(Some((resolved, meta.modified, meta.size))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    })
    .await
    .map_err(|error| invalid(format!("seedReadState: {shown}: {error}")))?;
    // JavaScript knows times to the millisecond; the file system to the nanosecond.
    if let Some((resolved, modified, size)) = found
        && modified <= seen + Duration::from_millis(1)
    {
        session.read_state.record(resolved, Seen { modified, size, extent: Extent::Whole });
    }
    Ok(Value::Null)
}

/// The files of a session, until the guard is dropped.
fn files(workspace: &Workspace) -> (Arc<dyn Files>, DropGuard) {
    let stop = CancellationToken::new();
    (io::files::until(workspace.files(), &stop), stop.drop_guard())
}

fn absolute(workspace: &Workspace, path: &str) -> Result<PathBuf, EngineError> {
    if path.is_empty() || path.contains('\0') {
        return Err(invalid("path: must be the path of a file".to_owned()));
    }
    Ok(workspace.current().join(path))
}

fn invalid(message: String) -> EngineError {
    EngineError::new(ErrorKind::InvalidInput, message)
}
