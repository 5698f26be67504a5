//! The limit on the memory of a query's shell commands, as the environment sets it.

use crate::engine::emit::Emitter;
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io::process::memory::{MemoryLimit, VARIABLE, parse};
use crate::engine::message::sdk::{InformationalMessage, SdkMessage, SystemMessage};
use crate::engine::options::executors::{Executors, Place};
use std::path::Path;

/// The limit, if there is to be one. `root` is where the machine's files begin. That it has no effect is told in the
/// stream.
pub fn limit(
    env: &Env,
    executors: Executors,
    root: &Path,
    emitter: &Emitter,
) -> Result<Option<MemoryLimit>, EngineError> {
    let Some(text) = env.get(VARIABLE) else { return Ok(None) };
    let parsed = parse(text).map_err(|why| EngineError::new(ErrorKind::InvalidOption, why))?;
    let Some(bytes) = parsed else { return Ok(None) };
    if executors.exec == Place::Elsewhere {
        warn(emitter, &format!("{VARIABLE} has no effect: options.executors.exec runs the commands."));
        return Ok(None);
    }
    let emitter = emitter.clone();
    Ok(Some(MemoryLimit::new(bytes, move |text| warn(&emitter, text)).below(root.to_path_buf())))
}

fn warn(emitter: &Emitter, text: &str) {
    let message = InformationalMessage { content: text.to_owned(), level: "warning" };
    emitter.emit(&SdkMessage::System(SystemMessage::Informational(message)));
}
