//! Why a value of the caller does not fit, in words of JSON and not of the types that read it.

/// What serde says, said again: `unknown variant`, `missing field` and the names of Rust types mean nothing to a caller.
pub fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // Values have no lines, and texts of ours name places in their own way.
    let text = text.split(" at line ").next().unwrap_or_default();
    let rest = |start: &str| text.strip_prefix(start);
    if let Some(field) = rest("missing field ") {
        return format!("{field} is missing");
    }
    if let Some(rest) = rest("unknown field ") {
        let name = rest.split(", ").next().unwrap_or_default();
        return format!("there is no member {name}");
    }
    if let Some((name, known)) = rest("unknown variant ").and_then(|rest| rest.split_once(", expected ")) {
        let known = known.trim_start_matches("one of ").replace(" or ", ", ");
        return format!("{name} is not one of {known}");
    }
    let wrong = rest("invalid type: ").or_else(|| rest("invalid value: "));
    if let Some((given, wanted)) = wrong.and_then(|rest| rest.split_once(", expected ")) {
        return format!("{} was given, it must be {}", shown(given), kind(wanted));
    }
    text.to_owned()
}

/// What was given.
fn shown(given: &str) -> String {
    match given {
        "map" => "an object".to_owned(),
        "sequence" => "an array".to_owned(),
        "unit value" => "null".to_owned(),
        other => {
            let names = ["integer ", "floating point ", "boolean ", "string "];
            names.iter().find_map(|name| other.strip_prefix(name)).unwrap_or(other).to_owned()
        }
    }
}

/// What was wanted.
fn kind(wanted: &str) -> &str {
    match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of at least 0",
        "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        "a map" => "an object",
        "a sequence" => "an array",
        other if other.starts_with("struct ") || other.contains(" enum ") => "an object",
        other if other.starts_with("enum ") => "a text",
        other => other,
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
