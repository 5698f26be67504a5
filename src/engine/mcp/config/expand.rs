//! `${NAME}` and `${NAME:-default}` in the configuration of a server (row 317).

use crate::engine::env::Env;

/// Expands from `env`. The names of missing variables without a default are added to `missing`; their text stays.
pub fn expand(text: &str, env: &Env, missing: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        out.push_str(&rest[..start]);
        let from = &rest[start..];
        let Some(end) = from.find('}') else {
            rest = from;
            break;
        };
        let (name, default) = match from[2..end].split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (&from[2..end], None),
        };
        let plain = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        match env.get(name).filter(|_| plain).or(default.filter(|_| plain)) {
            Some(value) => out.push_str(value),
            None => {
                if plain && !missing.iter().any(|known| known == name) {
                    missing.push(name.to_owned());
                }
                out.push_str(&from[..=end]);
            }
        }
        rest = &from[end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
#[path = "expand_tests.rs"]
mod tests;
