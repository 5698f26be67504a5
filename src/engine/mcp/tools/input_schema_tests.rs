#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;

fn offered(schema: &Value) -> Offered {
    for_api(Some(schema.clone())).unwrap()
}

#[test]
fn a_plain_object_stays_as_it_is() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] });
    assert_eq!(offered(&schema), Offered { schema: schema.clone(), note: None });
    assert_eq!(for_api(None).unwrap().schema, json!({ "type": "object", "properties": {} }));
    assert_eq!(offered(&json!({})).schema, json!({ "type": "object" }));
}

#[test]
fn choices_at_the_root_are_flattened_with_a_note_row_328() {
    let by_id = json!({ "properties": { "id": { "type": "integer" }, "x": { "type": "string" } }, "required": ["id"] });
    let by_name = json!({
        "type": "object",
        "properties": { "name": { "type": "string" }, "x": { "type": "integer" } },
        "required": ["name"],
    });
    let properties = json!({
        "id": { "type": "integer" },
        "x": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
        "name": { "type": "string" },
    });
    for (word, note) in [
        ("oneOf", Some("Give exactly one of these groups of parameters: (id), (name).")),
        ("anyOf", Some("Give at least one of these groups of parameters: (id), (name).")),
        ("allOf", None),
    ] {
        let offered = offered(&json!({ "type": "object", word: [by_id, by_name] }));
        assert_eq!(offered.schema["properties"], properties, "{word}");
        assert_eq!(offered.note.as_deref(), note);
        let required = if word == "allOf" { json!(["id", "name"]) } else { Value::Null };
        assert_eq!(offered.schema.get("required").unwrap_or(&Value::Null), &required);
        assert!(CHOICES.iter().all(|word| offered.schema.get(word).is_none()));
    }
}

#[test]
fn a_reference_at_the_root_is_followed() {
    let definition = json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/B" } } });
    let schema = json!({ "$ref": "#/$defs/A", "$defs": { "A": definition, "B": { "type": "string" } } });
    let offered = offered(&schema).schema;
    assert_eq!(offered["properties"], json!({ "a": { "$ref": "#/$defs/B" } }));
    assert_eq!(offered["$defs"]["B"], json!({ "type": "string" }));
}

#[test]
fn what_the_api_would_refuse_is_refused_here_row_328() {
    for (schema, word) in [
        (json!("text"), "no object"),
        (json!({ "type": "string" }), "not an object"),
        (json!({ "oneOf": [{ "type": "string" }, { "type": "object" }] }), "not always an object"),
        (json!({ "oneOf": 3 }), "no list"),
        (json!({ "$ref": "#/$defs/gone" }), "cannot be followed"),
        (json!({ "type": "object", "properties": [] }), "properties"),
        (json!({ "type": "object", "properties": { "my key": {} } }), "my key"),
        (json!({ "type": "object", "required": "a" }), "required"),
    ] {
        let why = for_api(Some(schema)).unwrap_err();
        assert!(why.contains(word), "{why}");
    }
}
