//! Names of servers and tools as the model sees them.

/// The longest tool name that the API takes.
const LONGEST: usize = 128;

/// `name` with everything but letters, digits, `_` and `-` replaced by `_` (row 312).
pub fn normalise(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

/// `mcp__server__tool` of two normalised names, shortened with a hash that never changes if the API would refuse it.
pub fn full(server: &str, tool: &str) -> String {
    shortened(format!("mcp__{server}__{tool}"))
}

/// A name that the API takes.
pub fn shortened(name: String) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let hash = format!("_{:016x}", hash(&name));
    // Names are ASCII here: every byte is a character.
    let head: String = name.chars().take(LONGEST - hash.len()).collect();
    head + &hash
}

/// FNV-1a: the same on every machine and in every version.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Server names that hosts of their own use (row 336).
const RESERVED: [&str; 5] =
    ["workspace", "claude-in-chrome", "computer-use", "Claude Preview", "Claude Browser"];

/// Whether a server may not be called so.
pub fn is_reserved(key: &str) -> bool {
    RESERVED.iter().any(|name| normalise(name).eq_ignore_ascii_case(&normalise(key)))
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
