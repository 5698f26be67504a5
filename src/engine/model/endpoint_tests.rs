#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn env(name: &str, value: &str) -> Env {
    Env::new([(name.to_owned(), value.to_owned())])
}

#[test]
fn the_base_url_keeps_its_path_row_529() {
    let full = |base| url(&env(BASE_URL, base), "/v1/messages").unwrap().to_string();
    assert_eq!(
        url(&Env::default(), "/v1/messages").unwrap().as_str(),
        "https://api.anthropic.com/v1/messages"
    );
    for (base, expected) in [
        ("http://127.0.0.1:9", "http://127.0.0.1:9/v1/messages"),
        ("https://host/", "https://host/v1/messages"),
        (" https://host/a/b// ", "https://host/a/b/v1/messages"),
        ("HTTPS://HOST", "https://host/v1/messages"),
    ] {
        assert_eq!(full(base), expected);
    }
}

#[test]
fn a_bad_base_url_is_explained_without_its_secrets() {
    for base in [
        "host:hunter2",
        "hunter2",
        "ftp://u:hunter2@host",
        "https://",
        "https://u:hunter2@host/?q",
        "https://host/#hunter2",
        "file:///hunter2",
    ] {
        let error = url(&env(BASE_URL, base), "/x").unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidOption);
        assert!(error.message.starts_with("ANTHROPIC_BASE_URL "), "{}", error.message);
        assert!(!error.message.contains("hunter2"), "{}", error.message);
    }
    let url = url(&env(BASE_URL, "https://u:hunter2@host:8/secret"), "/x").unwrap();
    assert_eq!(origin(&url), "https://host:8");
}

#[test]
fn custom_headers_are_lines_row_529() {
    let headers = custom_headers(&env(CUSTOM, "X-One: 1\r\n\n x-two :a: b \nX-Three:")).unwrap();
    let list: Vec<_> = headers.iter().map(|(k, v)| (k.as_str(), v.to_str().unwrap())).collect();
    assert_eq!(list, [("x-one", "1"), ("x-two", "a: b"), ("x-three", "")]);
    assert!(!format!("{headers:?}").contains("a: b"));
    for (text, line) in [
        ("hunter2", "line 1: no colon"),
        ("a: b\nbad name: hunter2", "line 2: the name is no header name"),
        ("a: hunter2\u{1}", "line 1: the value"),
        ("Content-Length: 5", "line 1: `content-length` cannot be set"),
    ] {
        let error = custom_headers(&env(CUSTOM, text)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidOption);
        assert!(error.message.contains(line) && !error.message.contains("hunter2"), "{}", error.message);
    }
}

#[test]
fn betas_are_joined_row_529() {
    assert_eq!(betas(&Env::default()).unwrap(), None);
    assert_eq!(betas(&env("ANTHROPIC_BETAS", " , ")).unwrap(), None);
    let list = betas(&env("ANTHROPIC_BETAS", "a, b ,,c")).unwrap().unwrap();
    assert_eq!(list, "a,b,c");
    let mut headers = HeaderMap::new();
    add(&mut headers, BETA, list);
    add(&mut headers, BETA, HeaderValue::from_static("c, d"));
    assert_eq!(headers[BETA], "a,b,c,d");
    add(&mut headers, HeaderName::from_static("x"), HeaderValue::from_static("1"));
    add(&mut headers, HeaderName::from_static("x"), HeaderValue::from_static("2"));
    assert_eq!(headers["x"], "2");
    assert_eq!(betas(&env("ANTHROPIC_BETAS", "a\u{1}")).unwrap_err().kind, ErrorKind::InvalidOption);
}
