//! A credential from `.env` in the host's own working directory, when the environment has none (row 590).

use crate::engine::env::Env;
use crate::engine::io;
use std::path::Path;

const CREDENTIALS: [&str; 2] = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"];

/// `env`, plus the credentials of `<host_cwd>/.env` if `env` has none. No other name is ever taken from that file.
pub fn with_credentials(env: Env, host_cwd: &Path) -> Env {
    if CREDENTIALS.iter().any(|name| env.get(name).is_some()) {
        return env;
    }
    let Ok(bytes) = io::fs::read(&host_cwd.join(".env")) else { return env };
    let found = parse(&String::from_utf8_lossy(&bytes));
    if found.is_empty() {
        return env;
    }
    let all: Vec<_> =
        env.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).chain(found).collect();
    Env::new(all)
}

/// `NAME=value` lines with optional `export` and quotes; a comment after an unquoted value is cut off.
fn parse(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches("export ").trim_start();
        let Some((name, value)) = line.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        if !CREDENTIALS.contains(&name) {
            continue;
        }
        let quoted =
            |q: char| value.strip_prefix(q).and_then(|rest| rest.split_once(q)).map(|(inner, _)| inner);
        let bare = || value.split(" #").next().unwrap_or_default().trim_end();
        let value = quoted('"').or_else(|| quoted('\'')).unwrap_or_else(bare);
        if !value.is_empty() {
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

#[cfg(test)]
#[path = "dotenv_tests.rs"]
mod tests;
