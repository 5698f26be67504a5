#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::settings::source::Source;
use serde_json::json;

fn layer(source: Source, settings: Value) -> Layer {
    let settings = settings.as_object().unwrap().clone();
    Layer { source, path: None, root: "/r".into(), raw: settings.clone(), settings, rules: Vec::new() }
}

fn layers(of: &[(Source, Value)]) -> Vec<Layer> {
    of.iter().map(|(source, settings)| layer(*source, settings.clone())).collect()
}

#[test]
fn layers_join_by_precedence_row_142_row_143() {
    use Source::{Flag, Local, Managed, Project, User};
    for (of, expected) in [
        (vec![], json!({})),
        (vec![(User, json!({ "model": "a" })), (Project, json!({ "model": "b" }))], json!({ "model": "b" })),
        (vec![(Project, json!({ "model": "b" })), (Local, json!({ "model": "c" }))], json!({ "model": "c" })),
        (vec![(Local, json!({ "model": "c" })), (Flag, json!({ "model": "d" }))], json!({ "model": "d" })),
        (vec![(Flag, json!({ "model": "d" })), (Managed, json!({ "model": "e" }))], json!({ "model": "e" })),
        (
            vec![(User, json!({ "a": { "x": 1, "y": 1 } })), (Local, json!({ "a": { "y": 2, "z": 3 } }))],
            json!({ "a": { "x": 1, "y": 2, "z": 3 } }),
        ),
        (
            vec![
                (User, json!({ "permissions": { "allow": ["A", "B"] } })),
                (Project, json!({ "permissions": { "allow": ["B", "C"], "deny": ["D"] } })),
            ],
            json!({ "permissions": { "allow": ["A", "B", "C"], "deny": ["D"] } }),
        ),
        (
            vec![
                (User, json!({ "fallbackModel": ["a", "b"] })),
                (Project, json!({ "fallbackModel": ["c"] })),
            ],
            json!({ "fallbackModel": ["c"] }),
        ),
        (vec![(User, json!({ "model": "a" })), (Project, json!({ "model": null }))], json!({ "model": "a" })),
        (vec![(User, json!({ "a": [1] })), (Project, json!({ "a": "text" }))], json!({ "a": "text" })),
        (
            vec![
                (User, json!({ "hooks": { "Stop": [1] } })),
                (Local, json!({ "hooks": { "Stop": [1, 2] } })),
            ],
            json!({ "hooks": { "Stop": [1, 2] } }),
        ),
    ] {
        assert_eq!(Value::Object(merge(&layers(&of))), expected, "{of:?}");
    }
}

#[test]
fn the_strongest_layer_with_a_key_is_its_provenance() {
    let all = layers(&[
        (Source::User, json!({ "model": "a", "env": {} })),
        (Source::Project, json!({ "env": {}, "x": null })),
        (Source::Flag, json!({ "model": "b" })),
    ]);
    let of = |key: &str| provenance(&all, key).map(|layer| layer.source);
    assert_eq!(of("model"), Some(Source::Flag));
    assert_eq!(of("env"), Some(Source::Project));
    assert_eq!((of("x"), of("none")), (None, None));
}

#[test]
fn keys_are_replaced_whole_and_removed_by_null_row_151() {
    let mut settings =
        json!({ "permissions": { "allow": ["A"] }, "model": "a" }).as_object().unwrap().clone();
    let partial = json!({ "permissions": { "deny": ["B"] }, "model": null, "x": 1 });
    replace_keys(&mut settings, partial.as_object().unwrap().clone());
    assert_eq!(Value::Object(settings), json!({ "permissions": { "deny": ["B"] }, "x": 1 }));
}
