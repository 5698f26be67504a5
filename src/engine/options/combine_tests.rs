#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

const UUID: &str = "0b5c1c4e-7d4e-4a53-9f0e-0d6a9e0c8b11";

#[test]
fn contradictions_are_refused_and_the_options_named_row_353() {
    let function = json!({ "$function": true });
    let store = json!({ "$object": true });
    for (options, first, second) in [
        (json!({ "resume": UUID, "continue": true }), "resume", "continue"),
        (json!({ "sessionId": UUID, "resume": UUID }), "sessionId", "resume"),
        (json!({ "sessionId": UUID, "continue": true }), "sessionId", "continue"),
        (json!({ "sessionId": UUID, "continue": true, "forkSession": false }), "sessionId", "forkSession"),
        (json!({ "forkSession": true }), "forkSession", "resume"),
        (json!({ "forkSession": true, "continue": false }), "forkSession", "continue"),
        (json!({ "resumeSessionAt": UUID }), "resumeSessionAt", "resume"),
        (json!({ "resumeDropsTurn": UUID, "resume": UUID }), "resumeDropsTurn", "resumeSessionAt"),
        (json!({ "sessionStore": store, "persistSession": false }), "sessionStore", "persistSession"),
        (
            json!({ "sessionStore": store, "enableFileCheckpointing": true }),
            "sessionStore",
            "enableFileCheckpointing",
        ),
        (json!({ "supportedDialogKinds": ["a"] }), "supportedDialogKinds", "onUserDialog"),
    ] {
        let error = check(options.as_object().unwrap()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidOption, "{options}");
        assert!(error.message.starts_with(&format!("options.{first} ")), "{options}: {}", error.message);
        assert!(error.message.contains(second), "{options}: {}", error.message);
    }
    for options in [
        json!({}),
        json!({ "resume": null, "continue": true }),
        json!({ "resume": UUID, "continue": false, "sessionId": null }),
        json!({ "resume": UUID, "forkSession": true, "sessionId": UUID }),
        json!({ "continue": true, "forkSession": true, "sessionId": UUID, "resumeSessionAt": UUID }),
        json!({ "resume": UUID, "resumeSessionAt": UUID, "resumeDropsTurn": UUID }),
        json!({ "sessionStore": store, "persistSession": true }),
        json!({ "supportedDialogKinds": [], }),
        json!({ "supportedDialogKinds": ["a"], "onUserDialog": function }),
    ] {
        check(options.as_object().unwrap()).unwrap();
    }
}
