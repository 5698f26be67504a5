#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn html_becomes_markdown_row_274() {
    let html = "<html><head><title>T</title><style>x</style></head><body><h1>Title</h1><p>One <b>two</b> \
                <a href=\"/x\">link</a></p><script>evil()</script><ul><li>a</li><li>b</li></ul></body></html>";
    let text = text(html.as_bytes(), "text/html; charset=utf-8").unwrap();
    assert!(text.starts_with("# Title\n\nOne **two** [link](/x)"), "{text}");
    assert!(
        text.contains("a\n") && !text.contains("evil") && !text.contains('x'.to_string().repeat(2).as_str())
    );
    assert_eq!(self::text(b"<!DOCTYPE html><p>hi</p>", "").unwrap(), "hi");
}

#[test]
fn other_text_stays_and_what_is_no_text_is_refused() {
    for (body, content_type, expected) in [
        (&b"<b>a</b>"[..], "text/plain", Some("<b>a</b>")),
        (b"{\"a\":1}", "application/json", Some("{\"a\":1}")),
        (b"a: 1", "application/x-yaml", Some("a: 1")),
        (b"caf\xE9", "text/plain; charset=iso-8859-1", Some("caf\u{e9}")),
        (b"%PDF-1.7", "application/pdf", None),
        (b"\x89PNG\0", "image/png", None),
        (b"\0\x01\x02", "text/plain", None),
        (b"", "text/plain", Some("")),
    ] {
        assert_eq!(text(body, content_type).as_deref(), expected, "{content_type}");
    }
}

#[test]
fn a_page_that_is_nested_without_end_is_read_all_the_same() {
    let html =
        format!("{}<script>evil()</script>deep down{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
    assert_eq!(text(html.as_bytes(), "text/html").unwrap(), "deep down");
}
