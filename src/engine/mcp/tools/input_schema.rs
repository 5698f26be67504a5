//! Makes the input schema of a foreign tool one that the API takes.

use serde_json::{Map, Value, json};

/// What the API takes as the name of a parameter.
const LONGEST_PROPERTY: usize = 64;

/// A schema for the API, and a note for the description where the schema lost something.
#[derive(Debug, PartialEq)]
pub struct Offered {
    /// An object schema without choices at its root.
    pub schema: Value,
    /// What the schema cannot say any more.
    pub note: Option<String>,
}

/// Rewrites `schema` so that a request that holds it is not refused as a whole; fails with the reason if that is
/// impossible (row 328).
pub fn for_api(schema: Option<Value>) -> Result<Offered, String> {
    let root = match schema {
        None | Some(Value::Null) => {
            return Ok(Offered { schema: json!({ "type": "object", "properties": {} }), note: None });
        }
        Some(Value::Object(root)) if root.contains_key("$ref") => resolved(&root, &root)?,
        Some(Value::Object(root)) => root,
        Some(_) => return Err("its input schema is no object".to_owned()),
    };
    match root.get("type") {
        None => {}
        Some(Value::String(kind)) if kind == "object" => {}
        Some(Value::Array(kinds)) if kinds.iter().any(|kind| kind == "object") => {}
        Some(_) => return Err("its input is not an object".to_owned()),
    }
    let (mut root, note) = flattened(root)?;
    root.insert("type".to_owned(), json!("object"));
    root.remove("$schema");
    check(&root)?;
    Ok(Offered { schema: Value::Object(root), note })
}

/// The schema behind a `$ref` at the root, with the definitions kept beside it.
fn resolved(part: &Map<String, Value>, root: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    let Some(target) = part.get("$ref") else { return Ok(part.clone()) };
    let pointer = target.as_str().and_then(|target| target.strip_prefix('#')).unwrap_or("?");
    let whole = Value::Object(root.clone());
    let Some(found) =
        whole.pointer(pointer).and_then(Value::as_object).filter(|found| !found.contains_key("$ref"))
    else {
        return Err(format!("its input schema refers to {target}, which cannot be followed"));
    };
    let mut found = found.clone();
    for name in ["$defs", "definitions"] {
        if let Some(definitions) = root.get(name) {
            found.entry(name).or_insert_with(|| definitions.clone());
        }
    }
    Ok(found)
}

const CHOICES: [&str; 3] = ["oneOf", "anyOf", "allOf"];

/// Without `oneOf`, `anyOf` and `allOf` at the root: their properties side by side.
fn flattened(mut root: Map<String, Value>) -> Result<(Map<String, Value>, Option<String>), String> {
    if !CHOICES.iter().any(|word| root.contains_key(*word)) {
        return Ok((root, None));
    }
    let whole = root.clone();
    let mut notes = Vec::new();
    let mut properties = root.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut required = names(root.get("required"));
    for word in CHOICES {
        let Some(branches) = root.remove(word) else { continue };
        let branches = branches.as_array().ok_or_else(|| format!("{word} of its input schema is no list"))?;
        let mut groups = Vec::new();
        for branch in branches {
            let branch =
                branch.as_object().ok_or_else(|| format!("{word} of its input schema holds no schemas"))?;
            let branch = resolved(branch, &whole)?;
            if branch.get("type").is_some_and(|kind| kind != "object") {
                return Err("its input is not always an object".to_owned());
            }
            for (name, schema) in branch.get("properties").and_then(Value::as_object).into_iter().flatten() {
                merge(&mut properties, name, schema);
            }
            groups.push(names(branch.get("required")));
        }
        if word == "allOf" {
            required.extend(groups.into_iter().flatten());
            continue;
        }
        let groups: Vec<String> =
            groups.iter().filter(|group| !group.is_empty()).map(|group| group.join(", ")).collect();
        if !groups.is_empty() {
            let how = if word == "oneOf" { "exactly one" } else { "at least one" };
            notes.push(format!("Give {how} of these groups of parameters: ({}).", groups.join("), (")));
        }
    }
    required.sort();
    required.dedup();
    root.insert("properties".to_owned(), Value::Object(properties));
    if required.is_empty() {
        root.remove("required");
    } else {
        root.insert("required".to_owned(), json!(required));
    }
    Ok((root, (!notes.is_empty()).then(|| notes.join(" "))))
}

/// A property that two branches describe differently may be either.
fn merge(properties: &mut Map<String, Value>, name: &str, schema: &Value) {
    match properties.get_mut(name) {
        None => {
            properties.insert(name.to_owned(), schema.clone());
        }
        Some(known) if known == schema => {}
        Some(known) => match known.get_mut("anyOf").and_then(Value::as_array_mut) {
            Some(list) if list.contains(schema) => {}
            Some(list) => list.push(schema.clone()),
            None => *known = json!({ "anyOf": [known.take(), schema] }),
        },
    }
}

fn names(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// What the API would refuse the whole request for.
fn check(root: &Map<String, Value>) -> Result<(), String> {
    let properties = match root.get("properties") {
        None => None,
        Some(Value::Object(properties)) => Some(properties),
        Some(_) => return Err("the properties of its input schema are no object".to_owned()),
    };
    for name in properties.into_iter().flat_map(Map::keys) {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if name.is_empty() || name.len() > LONGEST_PROPERTY || !plain {
            return Err(format!(
                "its parameter {name:?} has a name that the API does not take (letters, digits, `_`, `.` and `-`, at most 64)"
            ));
        }
    }
    match root.get("required") {
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => Ok(()),
        None => Ok(()),
        Some(_) => Err("`required` of its input schema is no list of names".to_owned()),
    }
}

#[cfg(test)]
#[path = "input_schema_tests.rs"]
mod tests;
