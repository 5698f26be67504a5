#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn env(vars: &[(&str, &str)]) -> Env {
    Env::new(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn only_credentials_are_taken_and_only_when_there_are_none_row_590() {
    let dir = tempfile::tempdir().unwrap();
    let text =
        "# keys\nexport ANTHROPIC_API_KEY=\"from file\" # mine\nANTHROPIC_BASE_URL=http://evil\nPATH=/evil\n";
    std::fs::write(dir.path().join(".env"), text).unwrap();
    let found = with_credentials(env(&[("HOME", "/h")]), dir.path());
    assert_eq!(found.get("ANTHROPIC_API_KEY"), Some("from file"));
    assert_eq!(
        (found.get("ANTHROPIC_BASE_URL"), found.get("PATH"), found.get("HOME")),
        (None, None, Some("/h"))
    );
    let kept = with_credentials(env(&[("ANTHROPIC_AUTH_TOKEN", "t")]), dir.path());
    assert_eq!((kept.get("ANTHROPIC_AUTH_TOKEN"), kept.get("ANTHROPIC_API_KEY")), (Some("t"), None));
}

#[test]
fn values_are_read_as_people_write_them() {
    let cases = [
        ("ANTHROPIC_API_KEY=k", Some("k")),
        ("ANTHROPIC_API_KEY = k # comment", Some("k")),
        ("ANTHROPIC_API_KEY='k # not a comment'", Some("k # not a comment")),
        ("ANTHROPIC_API_KEY=", None),
        ("#ANTHROPIC_API_KEY=k", None),
    ];
    for (text, expected) in cases {
        let found = parse(text);
        assert_eq!(found.first().map(|(_, value)| value.as_str()), expected, "{text}");
    }
}
