//! Which tools a search finds, best first: words compared with names, hints, descriptions and arguments.

use crate::engine::tool::Tool;
use serde_json::Value;

/// What is looked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Query {
    /// These names, exactly.
    Names(Vec<String>),
    /// Words; those marked must be found.
    Words(Vec<(String, bool)>),
}

/// Words that fit everything.
const STOP_WORDS: [&str; 14] =
    ["a", "an", "and", "by", "for", "from", "in", "mcp", "of", "on", "or", "the", "to", "with"];

impl Query {
    /// `select:name,name`, or words, of which `+word` must be found.
    pub fn parse(text: &str) -> Self {
        if let Some(names) = text.trim().strip_prefix("select:") {
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            return Self::Names(names.map(str::to_owned).collect());
        }
        let mut all: Vec<(String, bool)> = Vec::new();
        for part in text.split_whitespace() {
            let needed = part.starts_with('+');
            for word in words(part) {
                let says_nothing = !needed && STOP_WORDS.contains(&word.as_str());
                if !says_nothing && !all.iter().any(|(known, _)| *known == word) {
                    all.push((word, needed));
                }
            }
        }
        Self::Words(all)
    }

    /// Places of the tools it finds, best first, `most` at most.
    pub fn find<'a>(&self, tools: impl Iterator<Item = &'a dyn Tool>, most: usize) -> Vec<usize> {
        match self {
            // Whoever names tools gets all of them.
            Self::Names(names) => {
                let wanted = |(place, tool): (usize, &dyn Tool)| {
                    let pair = tool.server_tool().map(|pair| format!("mcp__{}__{}", pair.server, pair.tool));
                    let at =
                        names.iter().position(|name| name == tool.name() || pair.as_ref() == Some(name))?;
                    Some((at, place))
                };
                let mut found: Vec<_> = tools.enumerate().filter_map(wanted).collect();
                found.sort_unstable();
                found.into_iter().map(|(_, place)| place).collect()
            }
            Self::Words(words) => {
                let mut found: Vec<(u32, usize)> = tools
                    .enumerate()
                    .filter_map(|(place, tool)| Some((score(words, tool)?, place)))
                    .collect();
                found.sort_by_key(|(score, place)| (u32::MAX - score, *place));
                found.into_iter().take(most).map(|(_, place)| place).collect()
            }
        }
    }
}

/// The words of a text, in lower case; `camelCase` and `snake_case` are several.
fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut word = String::new();
    let mut low = false;
    for c in text.chars() {
        let ends = !c.is_alphanumeric() || (c.is_uppercase() && low);
        if ends && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        low = c.is_lowercase() || c.is_ascii_digit();
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// How well two words agree: 2 if they are the same, 1 if one begins with the other, as plurals do.
fn agree(wanted: &str, word: &str) -> u32 {
    if wanted == word {
        return 2;
    }
    let long = wanted.len() >= 3 && word.len() >= 3;
    u32::from(long && (word.starts_with(wanted) || wanted.starts_with(word)))
}

/// How well a tool fits; `None` if it does not at all, or a word is missing that must be there.
fn score(wanted: &[(String, bool)], tool: &dyn Tool) -> Option<u32> {
    let arguments = tool.input_schema().get("properties").and_then(Value::as_object);
    let arguments: Vec<&str> = arguments.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let places = [
        (words(tool.name().trim_start_matches("mcp__")), 12),
        (words(tool.search_hint().unwrap_or_default()), 8),
        (words(tool.description()), 3),
        (words(&arguments.join(" ")), 1),
    ];
    let mut total = 0;
    for (word, needed) in wanted {
        let best = |(text, weight): &(Vec<String>, u32)| {
            text.iter().map(|other| agree(word, other)).max().unwrap_or(0) * weight
        };
        let sum: u32 = places.iter().map(best).sum();
        if sum == 0 && *needed {
            return None;
        }
        total += sum;
    }
    (total > 0).then_some(total)
}

#[cfg(test)]
#[path = "rank_tests.rs"]
mod tests;
