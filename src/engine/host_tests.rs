#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::PermissionResult;
use serde_json::json;

#[test]
fn an_answer_that_is_none_is_described_in_words_of_the_type_row_92() {
    for (value, said) in [
        (json!("yes"), "it is a string"),
        (json!(true), "it is a boolean"),
        (json!([]), "it is an array"),
        (json!({}), "`behavior` is missing; it must be 'allow' or 'deny'"),
        (json!({ "behavior": "maybe" }), "`behavior` is \"maybe\"; it must be 'allow' or 'deny'"),
        (json!({ "behavior": 1 }), "`behavior` is a number; it must be 'allow' or 'deny'"),
        (json!({ "behavior": "deny" }), "`message` is missing; it must be a string"),
        (json!({ "behavior": "deny", "message": 1 }), "`message` is a number; it must be a string"),
        (
            json!({ "behavior": "deny", "message": "x", "interrupt": "no" }),
            "`interrupt` is \"no\"; it must be a boolean",
        ),
        (
            json!({ "behavior": "allow", "updatedPermissions": {} }),
            "`updatedPermissions` is an object; it must be an array",
        ),
        (
            json!({ "behavior": "allow", "updatedPermissions": [{}] }),
            "`updatedPermissions[0].type` is missing; it must be one of addRules, replaceRules, removeRules, setMode, \
             addDirectories, removeDirectories",
        ),
    ] {
        assert_eq!(PermissionResult::read(&value), Err(said.to_owned()), "{value}");
    }
    let allow = PermissionResult::Allow { updated_input: None, updated_permissions: Vec::new() };
    assert_eq!(PermissionResult::read(&json!({ "behavior": "allow" })), Ok(allow));
    let deny = PermissionResult::Deny { message: "no".into(), interrupt: false };
    assert_eq!(PermissionResult::read(&json!({ "behavior": "deny", "message": "no" })), Ok(deny));
}
