//! `updateSettings`: writes a key of a settings file while a session runs.

use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::hook::Stops;
use crate::engine::session::run::Session;
use crate::engine::session::updates::{self, Asked};
use crate::engine::settings::source::Source;
use crate::engine::settings::write::{self, Change, Edit};
use serde_json::{Map, Value};
use std::sync::PoisonError;
use tokio_util::sync::CancellationToken;

/// Asks ConfigChange hooks whether a settings file may be written (rows 147 and 202).
pub async fn may_update(source: &str, session: &Session) -> Result<(), EngineError> {
    let source = match source {
        "localSettings" => Source::Local,
        "userSettings" => Source::User,
        // It is refused in a moment.
        _ => return Ok(()),
    };
    let Some(path) = session.settings.places().file(source.destination()) else { return Ok(()) };
    let never = CancellationToken::new();
    match updates::config_change(Stops::Nothing, source, path, session, &never).await {
        Ok(Asked { objection: Some(reason), .. }) => {
            let text = format!("updateSettings: a ConfigChange hook does not let it: {reason}");
            Err(EngineError::new(ErrorKind::InvalidInput, text))
        }
        Ok(Asked { objection: None, .. }) | Err(_) => Ok(()),
    }
}

/// Writes one key of a settings file: `outputStyle` of the local one or `effortLevel` of the user's.
pub fn update(source: &str, partial: &Map<String, Value>, session: &Session) -> Result<(), EngineError> {
    let invalid = |text: &str| EngineError::new(ErrorKind::InvalidInput, format!("updateSettings: {text}"));
    let (source, key) = match source {
        "localSettings" => (Source::Local, "outputStyle"),
        "userSettings" => (Source::User, "effortLevel"),
        _ => return Err(invalid("the source must be 'localSettings' or 'userSettings'")),
    };
    let Some(value) = partial.get(key).and_then(Value::as_str).filter(|_| partial.len() == 1) else {
        let text = format!("{} takes {{ {key}: string }} and nothing else", source.destination().as_str());
        return Err(invalid(&text));
    };
    if key == "effortLevel" && !["low", "medium", "high", "xhigh"].contains(&value) {
        return Err(invalid("effortLevel must be low, medium, high or xhigh"));
    }
    let Some(path) = session.settings.places().file(source.destination()) else {
        return Err(invalid("userSettings has no file: set HOME or CLAUDE_CONFIG_DIR in the environment"));
    };
    let value = Value::from(value);
    let change = Change {
        path: path.to_path_buf(),
        may_link: source == Source::User,
        edits: vec![Edit::Key(key, value.clone())],
    };
    let lock = session.settings.write_lock();
    let written = {
        let _one_at_a_time = lock.lock().unwrap_or_else(PoisonError::into_inner);
        write::write_all(&[change])
    };
    written
        .map_err(|text| EngineError::new(ErrorKind::ConfigFileInvalid, format!("updateSettings: {text}")))?;
    session.settings.note_written(source, key, &value);
    session.watch.settings.note(path);
    Ok(())
}
