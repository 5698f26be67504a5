//! The option `toolConfig`.

use super::read::{invalid, unsupported};
use crate::engine::error::EngineError;
use serde_json::{Map, Value};

/// Settings of single tools.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolConfig {
    /// Whether Edit and Write say what git makes of their change.
    pub git_diff: bool,
    /// Hosts with private addresses that WebFetch may reach all the same, in lower case.
    pub private_hosts: Vec<String>,
}

impl ToolConfig {
    pub(super) fn read(given: Option<&Value>) -> Result<Self, EngineError> {
        let Some(value) = given else { return Ok(Self::default()) };
        let mut config = Self::default();
        for (name, value) in object("toolConfig", value)?.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
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
