#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;
use std::fs;

struct Place {
    _dir: tempfile::TempDir,
    root: PathBuf,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::create_dir_all(root.join("repo/.git")).unwrap();
        Self { _dir: dir, root }
    }

    fn load(&self, request: &Request) -> Result<Loaded, EngineError> {
        let env = Env::new([("HOME".to_owned(), self.root.join("home").to_string_lossy().into_owned())]);
        load(request, &self.root.join("repo"), &env, &self.root.join("policy.json"))
    }
}

const ALL: [Source; 3] = [Source::User, Source::Project, Source::Local];

fn sources(of: &[Source]) -> Request {
    Request { sources: of.to_vec(), ..Request::default() }
}

fn kinds(loaded: &Loaded) -> Vec<Source> {
    loaded.layers.iter().map(|layer| layer.source).collect()
}

const FILES: [(&str, &str); 3] = [
    ("home/.claude/settings.json", r#"{ "model": "user" }"#),
    ("repo/.claude/settings.json", r#"{ "model": "project" }"#),
    ("repo/.claude/settings.local.json", r#"{ "model": "local" }"#),
];

#[test]
fn only_what_is_asked_for_is_read() {
    let place = Place::new(&FILES);
    for asked in [&[][..], &[Source::User], &[Source::Project], &[Source::Local], &ALL] {
        assert_eq!(kinds(&place.load(&sources(asked)).unwrap()), asked);
    }
    // In whatever order they are asked for, the precedence is one.
    let reversed = [Source::Local, Source::Project, Source::User];
    assert_eq!(kinds(&place.load(&sources(&reversed)).unwrap()), ALL);
}

#[test]
fn missing_and_empty_files_are_no_settings() {
    let place = Place::new(&[("repo/.claude/settings.json", " \n"), ("home/.claude", "a file")]);
    let loaded = place.load(&sources(&ALL)).unwrap();
    assert_eq!(kinds(&loaded), [Source::Project]);
    assert!(loaded.layers[0].settings.is_empty());
}

#[test]
fn a_file_that_cannot_be_used_stops_the_start_row_144_row_145() {
    let large = format!("{{ \"a\": \"{}\" }}", "x".repeat(2 * 1024 * 1024));
    for (text, part) in [
        ("{\n  \"model\": \"x\"\n  \"secret-word\": 1\n}", ", line 3: it is no valid JSON"),
        ("[1]", "it must hold a JSON object"),
        (large.as_str(), "at most 2 MiB"),
    ] {
        for name in ["home/.claude/settings.json", "repo/.claude/settings.json", "policy.json"] {
            let place = Place::new(&[(name, text)]);
            let error = place.load(&sources(&ALL)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::ConfigFileInvalid);
            assert!(error.message.contains(name) && error.message.contains(part), "{}", error.message);
            assert!(!error.message.contains("secret-word"));
            if name != "policy.json" {
                assert!(place.load(&sources(&[])).is_ok(), "nobody asked for it");
            }
        }
    }
    let place = Place::new(&[("repo/.claude/settings.json/x", "")]);
    assert!(place.load(&sources(&ALL)).unwrap_err().message.contains("is no file"));
}

#[test]
fn the_option_is_an_object_or_a_file() {
    let place = Place::new(&[("flags/s.json", r#"{ "permissions": { "deny": ["Read(/x)"] } }"#)]);
    let flag = |flag| Request { flag: Some(flag), ..Request::default() };
    let inline = json!({ "model": "m" }).as_object().unwrap().clone();
    let loaded = place.load(&flag(Flag::Inline(inline))).unwrap();
    assert_eq!((kinds(&loaded), &loaded.layers[0].root), (vec![Source::Flag], &place.root.join("repo")));
    let loaded = place.load(&flag(Flag::File(place.root.join("flags/s.json")))).unwrap();
    assert_eq!(loaded.layers[0].root, place.root.join("flags"), "row 121");
    let error = place.load(&flag(Flag::File(place.root.join("none.json")))).unwrap_err();
    assert!(error.kind == ErrorKind::ConfigFileInvalid && error.message.contains("none.json"));
}

#[test]
fn the_homes_folder_is_never_a_projects_row_149() {
    let place =
        Place::new(&[("repo/.claude/settings.json", "{}"), ("repo/.claude/settings.local.json", "{}")]);
    let env = Env::new([("HOME".to_owned(), place.root.join("repo").to_string_lossy().into_owned())]);
    let loaded = load(&sources(&ALL), &place.root.join("repo"), &env, Path::new("/none")).unwrap();
    assert_eq!(kinds(&loaded), [Source::User]);
}

#[test]
fn the_hosts_policy_counts_when_the_machine_has_none_or_merges_row_152() {
    let given = json!({ "permissions": { "deny": ["Bash"] }, "disableAllHooks": true, "model": "x" });
    let request = Request { managed: given.as_object().cloned(), ..Request::default() };
    let denied = |policy: Option<&str>| {
        let files: Vec<_> = policy.map(|text| ("policy.json", text)).into_iter().collect();
        let loaded = Place::new(&files).load(&request).unwrap();
        let effect = crate::engine::settings::effect::Effect::new(&loaded.layers);
        (Value::Object(effect.merged().clone()), loaded.warnings.concat())
    };
    let (merged, warnings) = denied(None);
    assert_eq!(merged, json!({ "permissions": { "deny": ["Bash"] }, "disableAllHooks": true }));
    assert!(warnings.contains("options.managedSettings: `model` is ignored"), "{warnings}");
    let (merged, warnings) = denied(Some(r#"{ "disableAllHooks": false }"#));
    assert_eq!(merged, json!({ "disableAllHooks": false }));
    assert!(warnings.contains("options.managedSettings is ignored"), "{warnings}");
    let (merged, _) = denied(Some(r#"{ "disableAllHooks": false, "parentSettingsBehavior": "merge" }"#));
    let expected = json!({ "permissions": { "deny": ["Bash"] }, "disableAllHooks": false, "parentSettingsBehavior": "merge" });
    assert_eq!(merged, expected);
}

#[test]
fn an_untrusted_project_keeps_the_rules_that_forbid_and_their_faults() {
    let text =
        r#"{ "permissions": { "allow": ["Bash"], "deny": ["Read"] }, "env": { "A": "hidden-value" } }"#;
    let place = Place::new(&[("repo/.claude/settings.json", text)]);
    let untrusted = Request { trust_project: false, ..sources(&ALL) };
    let loaded = place.load(&untrusted).unwrap();
    let rules: Vec<_> = loaded.layers[0].rules.iter().map(|(_, rule)| rule.to_string()).collect();
    assert_eq!(rules, ["Read"]);
    let warnings = loaded.warnings.concat();
    assert!(
        warnings.contains("`permissions.allow` is ignored") && !warnings.contains("hidden-value"),
        "{warnings}"
    );
    let place = Place::new(&[("repo/.claude/settings.json", r#"{ "permissions": { "deny": ["Read("] } }"#)]);
    assert!(place.load(&untrusted).is_err());
}

#[test]
fn the_root_of_the_projects_settings_can_be_given() {
    let place = Place::new(&FILES);
    fs::create_dir_all(place.root.join("other")).unwrap();
    let at = |root: &str| Request {
        project_root: Some(place.root.join(root)),
        ..sources(&[Source::Project, Source::Local])
    };
    assert_eq!(kinds(&place.load(&at("repo")).unwrap()), [Source::Project, Source::Local]);
    assert_eq!(kinds(&place.load(&at("other")).unwrap()), []);
    let error = place.load(&at("none")).unwrap_err();
    assert!(error.kind == ErrorKind::InvalidOption && error.message.contains("projectConfigRoot"));
}
