#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn post(variables: &[&str], credentials: bool) -> Post {
    Post {
        url: Url::parse("http://localhost/hook").unwrap(),
        headers: Vec::new(),
        variables: variables.iter().map(|&name| name.to_owned()).collect(),
        credentials,
    }
}

#[test]
fn only_listed_variables_are_filled_in_row_177() {
    let env = Env::new(
        [("TOKEN", "t0"), ("OTHER", "o0"), ("ANTHROPIC_API_KEY", "key")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    for (text, users, projects) in [
        ("Bearer $TOKEN", "Bearer t0", "Bearer t0"),
        ("${TOKEN}x $TOKEN.", "t0x t0.", "t0x t0."),
        ("[$OTHER${OTHER}]", "[]", "[]"),
        ("$ANTHROPIC_API_KEY", "key", ""),
        ("5 $ and ${", "5 $ and ${", "5 $ and ${"),
        ("plain", "plain", "plain"),
    ] {
        let variables = ["TOKEN", "ANTHROPIC_API_KEY"];
        assert_eq!(post(&variables, true).filled(text, &env), users, "{text}");
        assert_eq!(post(&variables, false).filled(text, &env), projects, "{text}");
    }
}

#[test]
fn every_source_can_only_narrow_where_requests_go_row_177() {
    let list = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let url = |text: &str| Url::parse(text).unwrap();
    let none = Limits::default();
    assert!(none.allow(&url("http://anywhere/x")) && none.allow_variable("A"));
    let one = Limits {
        urls: vec![list(&["https://hooks.example/*", "http://localhost:1/*"])],
        variables: vec![list(&["A", "B"])],
    };
    for (text, allowed) in [
        ("https://hooks.example/a/b", true),
        ("http://localhost:1/", true),
        ("http://hooks.example/a", false),
        ("https://hooks.example.evil/a", false),
        ("https://user@hooks.example/a", false),
    ] {
        assert_eq!(one.allow(&url(text)), allowed, "{text}");
    }
    assert!(one.allow_variable("A") && !one.allow_variable("C"));
    let two = Limits {
        urls: vec![list(&["https://hooks.example/*"]), list(&["*"])],
        variables: vec![list(&["A"]), list(&["B"])],
    };
    assert!(two.allow(&url("https://hooks.example/a")) && !two.allow(&url("https://else/a")));
    assert!(!two.allow_variable("A") && !two.allow_variable("B"));
    let nothing = Limits { urls: vec![Vec::new()], variables: vec![Vec::new()] };
    assert!(!nothing.allow(&url("https://hooks.example/a")) && !nothing.allow_variable("A"));
}
