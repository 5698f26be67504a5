//! Which servers settings let be used: `allowedMcpServers` and `deniedMcpServers` (row 339). Pure.

use super::expand::expand;
use super::{ServerConfig, Transport};
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::permission::glob_text;
use crate::engine::settings::Layer;
use crate::engine::settings::effect::name_of;
use crate::engine::settings::source::Source;
use serde_json::Value;

/// The lists of all layers. Every list that there is has to admit a server, and none may deny it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerPolicy {
    allowed: Vec<Vec<Pattern>>,
    denied: Vec<Pattern>,
}

/// What an entry of a list names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Name(String),
    Command(Vec<String>),
    Url(String),
}

impl ServerPolicy {
    /// Of `layers`; lists that cannot be understood are errors, because somebody set them to be protected.
    pub fn of_layers(layers: &[Layer]) -> Result<Self, EngineError> {
        let managed_only = layers.iter().any(|layer| {
            layer.source == Source::Managed
                && layer.settings.get("allowManagedMcpServersOnly") == Some(&Value::Bool(true))
        });
        let mut policy = Self::default();
        for layer in layers {
            if let Some(patterns) = patterns(layer, "deniedMcpServers")? {
                policy.denied.extend(patterns);
            }
            let counts = !managed_only || layer.source == Source::Managed;
            policy.allowed.extend(patterns(layer, "allowedMcpServers")?.filter(|_| counts));
        }
        Ok(policy)
    }

    /// Why a server may not be used. Those of the program itself always may.
    pub fn refuses(&self, config: &ServerConfig, env: &Env) -> Option<String> {
        if matches!(config.transport, Transport::Embedded(_) | Transport::Unusable(_)) {
            return None;
        }
        let server = Known::new(config, env);
        if self.denied.iter().any(|pattern| server.fits(pattern)) {
            return Some("deniedMcpServers of the settings forbids it".to_owned());
        }
        let admitted = |list: &Vec<Pattern>| server.is_admitted(list);
        (!self.allowed.iter().all(admitted))
            .then(|| "allowedMcpServers of the settings does not name it".to_owned())
    }
}

fn patterns(layer: &Layer, key: &str) -> Result<Option<Vec<Pattern>>, EngineError> {
    let Some(value) = layer.settings.get(key) else { return Ok(None) };
    let read = value.as_array().and_then(|items| items.iter().map(pattern).collect::<Option<Vec<_>>>());
    if read.is_none() {
        let kind = if layer.path.is_some() { ErrorKind::ConfigFileInvalid } else { ErrorKind::InvalidOption };
        let text = format!(
            "{}: `{key}` must be a list of {{ \"serverName\": text }}, {{ \"serverCommand\": [texts] }} or {{ \"serverUrl\": text }}. Correct it and start again.",
            name_of(layer)
        );
        return Err(EngineError::new(kind, text));
    }
    Ok(read)
}

fn pattern(item: &Value) -> Option<Pattern> {
    let item = item.as_object().filter(|item| item.len() == 1)?;
    let (key, value) = item.iter().next()?;
    let text = value.as_str().map(str::to_owned);
    match key.as_str() {
        "serverName" => text.map(Pattern::Name),
        "serverUrl" => text.map(Pattern::Url),
        "serverCommand" => {
            let words = value.as_array()?.iter().map(|word| word.as_str().map(str::to_owned));
            words.collect::<Option<Vec<_>>>().filter(|words| !words.is_empty()).map(Pattern::Command)
        }
        _ => None,
    }
}

/// A server as it will be reached.
struct Known<'a> {
    name: &'a str,
    command: Option<Vec<String>>,
    url: Option<String>,
}

impl<'a> Known<'a> {
    fn new(config: &'a ServerConfig, env: &Env) -> Self {
        let expanded = |text: &String| expand(text, env, &mut Vec::new());
        let (command, url) = match &config.transport {
            Transport::Stdio { command, args, .. } => {
                (Some(std::iter::once(command).chain(args).map(expanded).collect()), None)
            }
            Transport::Http(remote) | Transport::Sse(remote) => {
                let text = expanded(&remote.url);
                // As it is asked for, not as it is spelt.
                (None, Some(reqwest::Url::parse(&text).map_or(text, String::from)))
            }
            Transport::Embedded(_) | Transport::Unusable(_) => (None, None),
        };
        Self { name: &config.key, command, url }
    }

    fn fits(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Name(name) => name == self.name,
            Pattern::Command(command) => self.command.as_ref() == Some(command),
            Pattern::Url(pattern) => self.url.as_ref().is_some_and(|url| url_fits(pattern, url)),
        }
    }

    /// A list that has entries of this server's kind is asked about those; else names count.
    fn is_admitted(&self, list: &[Pattern]) -> bool {
        let of_kind = |pattern: &&Pattern| match pattern {
            Pattern::Name(_) => false,
            Pattern::Command(_) => self.command.is_some(),
            Pattern::Url(_) => self.url.is_some(),
        };
        if list.iter().any(|pattern| of_kind(&pattern)) {
            return list.iter().filter(of_kind).any(|pattern| self.fits(pattern));
        }
        list.iter().any(|pattern| self.fits(pattern))
    }
}

/// `*` stands for any text: in the host for a part of it, behind it for anything.
fn url_fits(pattern: &str, url: &str) -> bool {
    let (host, path) = split(pattern);
    let (own_host, own_path) = split(url);
    glob_text(&host.to_ascii_lowercase(), &own_host.to_ascii_lowercase()) && glob_text(path, own_path)
}

/// Scheme with host, and what follows: `/` at least, and anything behind a `*` that ends the pattern.
fn split(url: &str) -> (&str, &str) {
    let start = url.find("://").map_or(0, |at| at + 3);
    match url[start..].find('/') {
        Some(at) => url.split_at(start + at),
        None if url.ends_with('*') => (url, "*"),
        None => (url, "/"),
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
