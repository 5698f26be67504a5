#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn env(vars: &[(&str, &str)]) -> Env {
    Env::new(vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
}

fn sent(credentials: &Credentials) -> Vec<(String, String)> {
    let mut headers = HeaderMap::new();
    credentials.apply(&mut headers);
    headers.iter().map(|(k, v)| (k.to_string(), v.to_str().unwrap().to_owned())).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn keys_and_tokens_are_sent_row_528_row_533() {
    let key = Credentials::from_env(&env(&[("ANTHROPIC_API_KEY", "sk-1")])).unwrap();
    assert_eq!((key.source(), sent(&key)), ("ANTHROPIC_API_KEY", vec![pair("x-api-key", "sk-1")]));
    assert!(!key.has_bearer());

    let token = Credentials::from_env(&env(&[("ANTHROPIC_AUTH_TOKEN", "tok")])).unwrap();
    assert_eq!(
        (token.source(), sent(&token)),
        ("ANTHROPIC_AUTH_TOKEN", vec![pair("authorization", "Bearer tok")])
    );

    let both = [("ANTHROPIC_API_KEY", "sk-1"), ("ANTHROPIC_AUTH_TOKEN", "tok")];
    let both = Credentials::from_env(&env(&both)).unwrap();
    assert_eq!(both.source(), "ANTHROPIC_AUTH_TOKEN");
    assert_eq!(sent(&both), [pair("x-api-key", "sk-1"), pair("authorization", "Bearer tok")]);
    assert!(both.has_bearer());
}

#[test]
fn a_missing_key_is_explained_row_590() {
    for vars in [env(&[]), env(&[("ANTHROPIC_API_KEY", "")])] {
        let error = Credentials::from_env(&vars).unwrap_err();
        assert_eq!(error.kind, ErrorKind::MissingCredentials);
        assert!(error.message.contains("API key not found"), "{}", error.message);
        assert!(error.message.contains("ANTHROPIC_API_KEY"), "{}", error.message);
    }
}

#[test]
fn a_bad_key_is_named_but_not_shown() {
    for (value, fault) in [
        ("hunter2\n", "a line break"),
        ("hunter2\rx", "a line break"),
        ("hunter2 x", "white space"),
        ("hunter2\u{7}", "a control character"),
        ("hunter2\u{7f}", "a control character"),
        ("hunter2é", "a character that is not ASCII"),
        ("“hunter2”", "a character that is not ASCII"),
    ] {
        for name in ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] {
            let error = Credentials::from_env(&env(&[(name, value)])).unwrap_err();
            assert_eq!(error.kind, ErrorKind::InvalidCredentials);
            assert!(error.message.starts_with(&format!("{name} holds {fault}")), "{}", error.message);
            assert!(!error.message.contains("hunter2"), "{}", error.message);
        }
    }
}

#[test]
fn debug_shows_no_secret() {
    let both = [("ANTHROPIC_API_KEY", "hunter2"), ("ANTHROPIC_AUTH_TOKEN", "hunter2")];
    let credentials = Credentials::from_env(&env(&both)).unwrap();
    let mut headers = HeaderMap::new();
    credentials.apply(&mut headers);
    let shown = format!("{credentials:?} {headers:?}");
    assert!(shown.contains("ANTHROPIC_AUTH_TOKEN") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn an_answer_that_repeats_the_credential_is_redacted() {
    let vars = [("ANTHROPIC_API_KEY", "sk-ant-secret"), ("ANTHROPIC_AUTH_TOKEN", "token-secret")];
    let env = Env::new(vars.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let credentials = Credentials::from_env(&env).unwrap();
    let text = credentials.redact("bad key sk-ant-secret or Bearer token-secret".to_owned());
    assert_eq!(text, "bad key [redacted] or Bearer [redacted]");
}
