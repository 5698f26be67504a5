//! The output file of a new task.

use super::new_id;
use crate::engine::io::blocking;
use crate::engine::io::process::{log::Log, scratch};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Creates `<session's directory below base>/tasks/<id>.output`; returns the id and the file.
pub async fn open_log(base: PathBuf, session: Arc<str>) -> io::Result<(String, Arc<Log>)> {
    let id = new_id();
    let name = format!("{id}.output");
    let created = blocking(move || {
        let dir = scratch::session_dir(&base, &session)?.join("tasks");
        scratch::create_private(&dir)?;
        Log::create(dir.join(name))
    });
    Ok((id, Arc::new(created.await?)))
}
