//! The option `toolConfig`.

use super::read::{invalid, unsupported};
use crate::engine::error::EngineError;
use serde_json::{Map, Value};

/// How options of AskUserQuestion show what they would look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewFormat {
    /// Markdown text.
    Markdown,
    /// An HTML fragment.
    Html,
}

/// Settings of single tools.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolConfig {
    /// Whether options of AskUserQuestion may have a preview, and in which format (row 288).
    pub previews: Option<PreviewFormat>,
    /// Whether Edit and Write say what git makes of their change.
    pub git_diff: bool,
    /// Hosts that WebFetch may reach at a private address: names and addresses in lower case, without brackets.
    pub private_hosts: Vec<String>,
}

impl ToolConfig {
    pub(super) fn read(given: Option<&Value>) -> Result<Self, EngineError> {
        let Some(value) = given else { return Ok(Self::default()) };
        let mut config = Self::default();
        for (name, value) in object("toolConfig", value)?.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "askUserQuestion" => config.previews = previews(value)?,
                "gitDiff" => {
                    config.git_diff = value
                        .as_bool()
                        .ok_or_else(|| invalid("toolConfig.gitDiff", "must be a boolean", value))?;
                }
                "webFetch" => config.private_hosts = private_hosts(value)?,
                _ => return Err(unsupported(&format!("toolConfig.{name}"))),
            }
        }
        Ok(config)
    }
}

fn object<'a>(name: &str, value: &'a Value) -> Result<&'a Map<String, Value>, EngineError> {
    value.as_object().ok_or_else(|| invalid(name, "must be an object", value))
}

fn private_hosts(value: &Value) -> Result<Vec<String>, EngineError> {
    let settings = object("toolConfig.webFetch", value)?;
    if let Some(other) = settings.keys().find(|key| *key != "allowPrivateHosts") {
        return Err(unsupported(&format!("toolConfig.webFetch.{other}")));
    }
    let Some(hosts) = settings.get("allowPrivateHosts").filter(|hosts| !hosts.is_null()) else {
        return Ok(Vec::new());
    };
    let wrong = || {
        let what = "must be an array of host names or addresses, without scheme, port or path";
        invalid("toolConfig.webFetch.allowPrivateHosts", what, hosts)
    };
    let name = |host: &Value| {
        let host = host.as_str()?.trim_matches(['[', ']']);
        let plain = !host.is_empty() && !host.contains(['/', '@', '*', ' ']);
        // A colon is part of an IPv6 address, or begins a port.
        let address = !host.contains(':') || host.parse::<std::net::Ipv6Addr>().is_ok();
        (plain && address).then(|| host.to_ascii_lowercase())
    };
    hosts.as_array().ok_or_else(wrong)?.iter().map(|host| name(host).ok_or_else(wrong)).collect()
}

fn previews(settings: &Value) -> Result<Option<PreviewFormat>, EngineError> {
    let name = "toolConfig.askUserQuestion";
    let object = settings.as_object().ok_or_else(|| invalid(name, "must be an object", settings))?;
    if let Some(other) = object.keys().find(|key| *key != "previewFormat") {
        return Err(unsupported(&format!("{name}.{other}")));
    }
    match object.get("previewFormat") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(format)) if format == "markdown" => Ok(Some(PreviewFormat::Markdown)),
        Some(Value::String(format)) if format == "html" => Ok(Some(PreviewFormat::Html)),
        Some(other) => {
            Err(invalid("toolConfig.askUserQuestion.previewFormat", "must be 'markdown' or 'html'", other))
        }
    }
}
