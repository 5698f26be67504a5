#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn update(json: Value) -> Edit {
    Edit::Update(serde_json::from_value(json).unwrap())
}

fn rules(kind: &str, behavior: &str, rules: &[(&str, Option<&str>)]) -> Edit {
    let rules: Vec<Value> =
        rules.iter().map(|(tool, content)| json!({ "toolName": tool, "ruleContent": content })).collect();
    update(json!({ "type": kind, "rules": rules, "behavior": behavior, "destination": "localSettings" }))
}

fn dirs(kind: &str, dirs: &[&str]) -> Edit {
    update(json!({ "type": kind, "directories": dirs, "destination": "localSettings" }))
}

fn mode(mode: &str) -> Edit {
    update(json!({ "type": "setMode", "mode": mode, "destination": "localSettings" }))
}

const FILE: &str = "{\n    \"zebra\": 1.0,\n    \"permissions\": {\n        \"deny\": [],\n        \"allow\": [\n            \"Bash(ls:*)\",\n            \"not a rule(\"\n        ]\n    },\n    \"apple\": {\"x\":[1,  2]}\n}\n";

#[test]
fn every_kind_of_update_changes_its_place_and_nothing_else_row_90() {
    let swap = |old: &str, new: &str| Some(FILE.replacen(old, new, 1));
    let rows = [
        (
            rules("addRules", "allow", &[("Bash", Some("npm run *")), ("Read", None)]),
            swap(
                "\"not a rule(\"\n",
                "\"not a rule(\",\n            \"Bash(npm run *)\",\n            \"Read\"\n",
            ),
        ),
        (rules("addRules", "allow", &[("Bash", Some("ls:*"))]), None),
        (
            rules("addRules", "deny", &[("Task", Some("x"))]),
            swap("\"deny\": []", "\"deny\": [\n            \"Agent(x)\"\n        ]"),
        ),
        (
            rules("addRules", "ask", &[("Bash", None)]),
            swap(
                "\"not a rule(\"\n        ]\n",
                "\"not a rule(\"\n        ],\n        \"ask\": [\n            \"Bash\"\n        ]\n",
            ),
        ),
        (
            rules("replaceRules", "allow", &[("Read", None)]),
            swap("\"Bash(ls:*)\",\n            \"not a rule(\"", "\"Read\""),
        ),
        (
            rules("removeRules", "allow", &[("Bash", Some("ls:*"))]),
            swap("\"Bash(ls:*)\",\n            \"not a rule(\"", "\"not a rule(\""),
        ),
        (rules("removeRules", "ask", &[("Bash", None)]), None),
        (
            mode("plan"),
            swap(
                "\"not a rule(\"\n        ]\n",
                "\"not a rule(\"\n        ],\n        \"defaultMode\": \"plan\"\n",
            ),
        ),
        (
            dirs("addDirectories", &["/a", "/b"]),
            swap(
                "\"not a rule(\"\n        ]\n",
                "\"not a rule(\"\n        ],\n        \"additionalDirectories\": [\n            \"/a\",\n            \"/b\"\n        ]\n",
            ),
        ),
        (dirs("removeDirectories", &["/a"]), None),
    ];
    for (edit, expected) in rows {
        assert_eq!(edited(Some(FILE), std::slice::from_ref(&edit)), Ok(expected), "{edit:?}");
    }
}

#[test]
fn several_updates_of_one_file_follow_each_other() {
    let edits = [
        dirs("addDirectories", &["/a", "/b"]),
        dirs("removeDirectories", &["/a"]),
        mode("plan"),
        mode("acceptEdits"),
        Edit::Key("outputStyle", json!("brief")),
    ];
    let text = edited(None, &edits).unwrap().unwrap();
    let expected = "{\n  \"permissions\": {\n    \"additionalDirectories\": [\n      \"/b\"\n    ],\n    \"defaultMode\": \"acceptEdits\"\n  },\n  \"outputStyle\": \"brief\"\n}\n";
    assert_eq!(text, expected);
    assert_eq!(edited(Some(&text), &edits[4..]), Ok(None));
}

#[test]
fn line_ends_indentation_and_the_mark_at_the_start_are_kept() {
    for text in [
        "{\r\n\t\"model\": \"x\"\r\n}\r\n",
        "{\n   \"model\": \"x\"\n}",
        "\u{feff}{\n  \"model\": \"x\"\n}\n",
        "{\"model\":\"x\"}",
    ] {
        let after = edited(Some(text), &[mode("plan")]).unwrap().unwrap();
        assert!(after.starts_with(&text[..text.find("\"x\"").unwrap()]), "{after:?}");
        assert!(after.ends_with(&text[text.rfind("\"x\"").unwrap() + 3..]), "{after:?}");
        assert_eq!(after.contains("\r\n"), text.contains("\r\n"));
        assert_eq!(
            after.matches('\n').count(),
            after.matches("\r\n").count().max(after.matches('\n').count())
        );
        let read: Value = serde_json::from_str(after.trim_start_matches('\u{feff}')).unwrap();
        assert_eq!(read, json!({ "model": "x", "permissions": { "defaultMode": "plan" } }));
    }
}

#[test]
fn what_cannot_be_read_is_never_written() {
    for (text, fault) in [
        ("{\n  \"model\": \"x\",\n}", "line 3"),
        ("// note\n{}", "line 1"),
        ("[]", "JSON object"),
        ("{\"permissions\": []}", "`permissions` is no object"),
        ("{\"permissions\": {\"allow\": \"x\"}}", "`permissions.allow` is no list"),
    ] {
        let error = edited(Some(text), &[rules("addRules", "allow", &[("Read", None)])]).unwrap_err();
        assert!(error.contains(fault) && error.contains("repair the file first"), "{error}");
    }
    let bad = rules("addRules", "allow", &[("", None)]);
    assert!(edited(None, &[bad]).is_err());
}

fn change(path: PathBuf, edits: Vec<Edit>) -> Change {
    Change { path, may_link: false, edits }
}

#[test]
fn all_files_are_written_or_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("one.json"), "{ }").unwrap();
    std::fs::write(path("broken.json"), "{").unwrap();
    let edit = || vec![mode("plan")];
    let error = write_all(&[
        change(path("one.json"), edit()),
        change(path("new/two.json"), edit()),
        change(path("broken.json"), edit()),
    ])
    .unwrap_err();
    assert!(error.contains("broken.json") && error.contains("Nothing was written"), "{error}");
    assert_eq!(std::fs::read_to_string(path("one.json")).unwrap(), "{ }");
    assert!(!path("new").exists());
    // The third place cannot be written: its folder is a file. What was written before is put back.
    let error = write_all(&[
        change(path("one.json"), edit()),
        change(path("new/two.json"), edit()),
        change(path("broken.json").join("x.json"), edit()),
    ])
    .unwrap_err();
    assert!(error.contains("broken.json"), "{error}");
    assert_eq!(std::fs::read_to_string(path("one.json")).unwrap(), "{ }");
    assert!(!path("new/two.json").exists());
    write_all(&[change(path("one.json"), edit()), change(path("new/two.json"), edit())]).unwrap();
    for name in ["one.json", "new/two.json"] {
        let text = std::fs::read_to_string(path(name)).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            json!({ "permissions": { "defaultMode": "plan" } })
        );
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_of_a_project() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("target.json"), "{}").unwrap();
    std::os::unix::fs::symlink(path("target.json"), path("link.json")).unwrap();
    std::os::unix::fs::symlink(dir.path(), path("folder")).unwrap();
    for name in ["link.json", "folder/target.json"] {
        let mut change = change(path(name), vec![mode("plan")]);
        let error = write_all(std::slice::from_ref(&change)).unwrap_err();
        assert!(error.contains("symbolic link"), "{error}");
        assert_eq!(std::fs::read_to_string(path("target.json")).unwrap(), "{}");
        change.may_link = true;
        write_all(&[change]).unwrap();
        assert!(path("link.json").is_symlink());
        assert_ne!(std::fs::read_to_string(path("target.json")).unwrap(), "{}");
        std::fs::write(path("target.json"), "{}").unwrap();
    }
}
