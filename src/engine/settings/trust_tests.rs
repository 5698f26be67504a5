#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use serde_json::json;

const FULL: Trust = Trust { project: true, local_is_supplied: false };
const SUPPLIED: Trust = Trust { project: true, local_is_supplied: true };
const NONE: Trust = Trust { project: false, local_is_supplied: false };

fn restricted(source: Source, trust: Trust, settings: &Value) -> (Value, Vec<String>) {
    let mut settings = settings.as_object().unwrap().clone();
    let taken = restrict(source, trust, &mut settings);
    (Value::Object(settings), taken)
}

#[test]
fn a_projects_files_never_set_where_credentials_go() {
    let names = [
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_BEDROCK_BASE_URL",
        "anthropic_base_url",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_FOUNDRY_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_CUSTOM_HEADERS",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_BEARER_TOKEN_BEDROCK",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "CLAUDE_CODE_USE_BEDROCK",
        "HTTPS_PROXY",
        "https_proxy",
        "http_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NODE_EXTRA_CA_CERTS",
        "SSL_CERT_FILE",
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "CLAUDE_CONFIG_DIR",
        "HOME",
        "IS_SANDBOX",
        "CLAUDE_CODE_SUBPROCESS_ENV_SCRUB",
    ];
    for source in [Source::Project, Source::Local] {
        for name in names {
            let (left, taken) = restricted(source, FULL, &json!({ "env": { name: "v", "MINE": "1" } }));
            assert_eq!(left, json!({ "env": { "MINE": "1" } }), "{name}");
            assert_eq!(taken, [format!("env.{name}")]);
        }
        let (left, taken) = restricted(source, FULL, &json!({ "apiKeyHelper": "x", "model": "m" }));
        assert_eq!((left, taken), (json!({ "model": "m" }), vec!["apiKeyHelper".to_owned()]));
    }
    for source in [Source::User, Source::Flag, Source::Managed] {
        let all = json!({ "apiKeyHelper": "x", "env": { "ANTHROPIC_BASE_URL": "u", "HTTPS_PROXY": "p" } });
        assert_eq!(restricted(source, NONE, &all), (all.clone(), Vec::new()));
    }
}

#[test]
fn modes_that_a_projects_file_cannot_choose_row_78_row_133() {
    let rows = [
        // mode, source, trust, stays
        ("acceptEdits", Source::Project, FULL, false),
        ("acceptEdits", Source::Local, FULL, true),
        ("acceptEdits", Source::Local, SUPPLIED, false),
        ("acceptEdits", Source::User, NONE, true),
        ("bypassPermissions", Source::Project, FULL, false),
        ("bypassPermissions", Source::Local, FULL, false),
        ("bypassPermissions", Source::User, FULL, true),
        ("auto", Source::Project, FULL, false),
        ("auto", Source::Local, FULL, false),
        ("auto", Source::Flag, FULL, true),
        ("plan", Source::Project, FULL, true),
        ("dontAsk", Source::Project, FULL, true),
        ("default", Source::Local, FULL, true),
        ("plan", Source::Project, NONE, false),
    ];
    for (mode, source, trust, stays) in rows {
        let (left, taken) = restricted(source, trust, &json!({ "permissions": { "defaultMode": mode } }));
        assert_eq!(left["permissions"].get("defaultMode").is_some(), stays, "{mode} {source:?} {trust:?}");
        assert_eq!(taken.is_empty(), stays);
    }
}

#[test]
fn an_untrusted_project_may_only_forbid() {
    let all = json!({
        "permissions": { "allow": ["A"], "deny": ["D"], "ask": ["Q"], "defaultMode": "plan", "additionalDirectories": ["/x"],
            "disableBypassPermissionsMode": "disable" },
        "hooks": {}, "env": { "A": "1" }, "sandbox": {}, "model": "m", "unknown": 1,
        // These forbid as well, but to the hooks of others.
        "disableAllHooks": true, "allowedHttpHookUrls": [], "httpHookAllowedEnvVars": [],
    });
    let left = json!({
        "permissions": { "deny": ["D"], "ask": ["Q"], "disableBypassPermissionsMode": "disable" },
        "model": "m", "unknown": 1,
    });
    for source in [Source::Project, Source::Local] {
        assert_eq!(restricted(source, NONE, &all).0, left);
        assert_eq!(restricted(source, FULL, &all), (all.clone(), Vec::new()));
    }
}

#[test]
fn managed_settings_of_the_host_only_restrict_row_152() {
    let mut settings = json!({
        "permissions": { "deny": ["D"], "ask": ["Q"], "allow": ["A"], "defaultMode": "acceptEdits" },
        "disableAllHooks": true, "env": { "A": "secret" }, "model": "m",
    });
    let taken = only_restrictive(settings.as_object_mut().unwrap());
    assert_eq!(settings, json!({ "permissions": { "deny": ["D"], "ask": ["Q"] }, "disableAllHooks": true }));
    assert_eq!(taken, ["env", "model", "permissions.allow", "permissions.defaultMode"]);
}
