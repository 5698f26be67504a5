//! What a host may say, as the public types have it (`__test__/fixtures/host`, written by vitest), is understood here to the
//! last field: a field whose change makes no difference is listed as without effect, and so is one that is not built yet.

use native_agent_sdk::engine::error::ErrorKind;
use native_agent_sdk::engine::hook::HookEvent;
use native_agent_sdk::engine::hook::output;
use native_agent_sdk::engine::host::PermissionResult;
use native_agent_sdk::engine::message::control::ControlRequest;
use native_agent_sdk::engine::message::input::UserInput;
use native_agent_sdk::engine::options::Options;
use native_agent_sdk::engine::permission::PermissionUpdate;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// The samples of one file, by name.
fn samples(file: &str) -> Map<String, Value> {
    let path = format!("{}/__test__/fixtures/host/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let samples: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(!samples.is_empty());
    samples
}

/// Pointers to every value that is no object and no list, and to empty ones.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (name, value) in object {
                leaves(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (n, value) in items.iter().enumerate() {
                leaves(value, &format!("{at}/{n}"), found);
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => found.push(at.to_owned()),
    }
}

/// Another value of the same type.
fn another(value: &Value) -> Value {
    match value {
        Value::Null => json!("something"),
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_f64().unwrap() + 1.0),
        Value::String(text) => json!(format!("{text}x")),
        Value::Array(_) => json!(["something"]),
        Value::Object(_) => json!({ "something": 1 }),
    }
}

/// The leaves of `sample` whose change makes no difference to what `read` makes of it.
fn without_effect<T: std::fmt::Debug, E: std::fmt::Debug>(
    sample: &Value,
    read: impl Fn(&Value) -> Result<T, E>,
) -> Vec<String> {
    let understood = format!("{:?}", read(sample).unwrap_or_else(|error| panic!("{sample}: {error:?}")));
    let mut all = Vec::new();
    leaves(sample, "", &mut all);
    all.retain(|pointer| {
        let mut changed = sample.clone();
        *changed.pointer_mut(pointer).unwrap() = another(&sample.pointer(pointer).unwrap().clone());
        read(&changed).is_ok_and(|changed| format!("{changed:?}") == understood)
    });
    all
}

#[test]
fn every_field_of_a_permission_update_is_understood_and_comes_back() {
    for (kind, sample) in samples("permission-updates") {
        let read = |value: &Value| serde_json::from_value::<PermissionUpdate>(value.clone());
        assert_eq!(without_effect(&sample, read), [""; 0], "{kind}");
        let update = read(&sample).unwrap();
        assert_eq!(serde_json::to_value(&update).unwrap(), sample, "{kind}");
    }
}

#[test]
fn every_field_of_an_answer_to_a_question_is_understood() {
    let read = |value: &Value| PermissionResult::read(value);
    // The question that is answered is known, and how the person answered is for telemetry.
    for (kind, sample) in samples("permission-results") {
        let found: BTreeSet<String> = without_effect(&sample, read).into_iter().collect();
        let expected = ["/decisionClassification", "/toolUseID"].map(str::to_owned);
        assert_eq!(found, BTreeSet::from(expected), "{kind}");
    }
}

#[test]
fn every_field_of_a_hooks_answer_is_understood() {
    let outputs = samples("hook-outputs");
    let events: BTreeSet<&str> = HookEvent::ALL.iter().map(|event| event.name()).collect();
    assert_eq!(outputs.keys().map(String::as_str).collect::<BTreeSet<_>>(), events);
    // For terminals, accepted by decision, or of subjects that the engine does not have yet.
    let everywhere = ["/suppressOutput", "/terminalSequence"];
    let here = |event: &str| -> &[&str] {
        match event {
            "SessionStart" => &["reloadSkills"],
            _ => &[],
        }
    };
    for (name, sample) in outputs {
        let event = HookEvent::parse(&name).unwrap();
        let specific = here(&name).iter().map(|field| format!("/hookSpecificOutput/{field}"));
        let expected: BTreeSet<String> = everywhere.map(str::to_owned).into_iter().chain(specific).collect();
        let mut found: BTreeSet<String> =
            without_effect(&sample, |value| output::parse(value, event)).into_iter().collect();
        // A flag of another type is refused all the same, and no other value of a flag asks for anything.
        found.remove("/continue");
        assert_eq!(found, expected, "{name}");
    }
    let other = samples("hook-outputs-other");
    let request = |value: &Value| output::parse(value, HookEvent::PermissionRequest);
    assert_eq!(without_effect(&other["deny"], request), [""; 0]);
    assert_eq!(without_effect(&other["async"], request), ["/asyncTimeout"]);
    assert_eq!(request(&other["nothing"]).unwrap(), output::Answer::Output(Box::default()));
}

#[test]
fn every_field_of_a_user_message_is_understood() {
    for (kind, sample) in samples("user-messages") {
        let read = |value: &Value| UserInput::parse(&value.to_string()).map(|input| format!("{input:?}"));
        let mut sample = sample;
        // Else each reading makes one up.
        sample["uuid"] = json!("0b5c1c4e-7d4e-4a53-9f0e-0d6a9e0c8b11");
        let ignored: Vec<String> = without_effect(&sample, read)
            .into_iter()
            .filter(|pointer| !["/parent_tool_use_id", "/session_id"].contains(&pointer.as_str()))
            .collect();
        assert_eq!(ignored, [""; 0], "{kind}");
    }
}

#[test]
fn every_field_of_a_control_request_is_understood_and_no_other_is() {
    let read = |value: &Value| ControlRequest::parse(&value.to_string());
    for (method, requests) in samples("control-requests") {
        for request in requests.as_array().unwrap() {
            if method == "rewindFiles" {
                assert_eq!(read(request).unwrap_err().kind, ErrorKind::UnsupportedOption);
                continue;
            }
            assert_eq!(without_effect(request, read), [""; 0], "{method}: {request}");
            // A request without fields ignores them: it has no place for any.
            if request.as_object().unwrap().len() > 1 {
                let mut more = request.clone();
                more["surprise"] = json!(1);
                let error = read(&more).unwrap_err();
                assert_eq!(error.kind, ErrorKind::InvalidInput, "{method}");
                assert!(error.message.contains("surprise"), "{}", error.message);
            }
        }
    }
}

/// What the table in the documents says of each option.
fn states() -> Vec<(String, String)> {
    let table = std::fs::read_to_string(format!("{}/docs/options.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let row = |line: &str| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        let state = ["honoured", "no effect", "accepted", "not yet"]
            .into_iter()
            .find(|state| cells.clone().next().is_some_and(|cell| cell.starts_with(state)))?;
        Some((name, state.to_owned()))
    };
    table.lines().filter_map(row).collect()
}

#[test]
fn every_option_is_honoured_or_said_to_have_no_effect_or_refused() {
    let samples = samples("options");
    let states = states();
    let listed: BTreeSet<&String> = states.iter().map(|(name, _)| name).collect();
    assert_eq!(samples.keys().collect::<BTreeSet<_>>(), listed, "docs/options.md lists what the types have");
    let parse = |options: &Value| Options::parse(options.as_object().unwrap(), Path::new("/project"));
    let nothing = format!("{:?}", parse(&json!({})).unwrap());
    for (name, state) in &states {
        let parsed = parse(&samples[name]);
        match state.as_str() {
            "not yet" => {
                let error = parsed.unwrap_err();
                assert_eq!(error.kind, ErrorKind::UnsupportedOption, "{name}");
            }
            "no effect" => {
                let notices = parsed.unwrap().notices;
                assert!(notices.len() == 1 && notices[0].contains(name.as_str()), "{name}: {notices:?}");
            }
            "accepted" => assert_eq!(format!("{:?}", parsed.unwrap()), nothing, "{name}"),
            // These are JavaScript's, or travel beside the options.
            _ if ["abortController", "cwd", "env", "stderr", "throwOnErrorResult"]
                .contains(&name.as_str()) =>
            {
                assert_eq!(format!("{:?}", parsed.unwrap()), nothing, "{name}");
            }
            _ => {
                let options = parsed.unwrap_or_else(|error| panic!("{name}: {}", error.message));
                assert_ne!(format!("{options:?}"), nothing, "{name} is accepted and dropped");
            }
        }
    }
}
