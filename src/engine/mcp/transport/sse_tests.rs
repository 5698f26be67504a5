#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;

#[test]
fn events_are_read_from_any_portions() {
    let text = ": hello\r\nevent: endpoint\r\ndata: /messages?id=1\r\n\r\n\ndata: {\"a\":\ndata: 1}\n\nevent: ping\n\n";
    let expected = [
        Event { name: "endpoint".into(), data: "/messages?id=1".into() },
        Event { name: String::new(), data: "{\"a\":\n1}".into() },
    ];
    for portion in [1, 2, 7, text.len()] {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        for bytes in text.as_bytes().chunks(portion) {
            parser.push(bytes);
            events.extend(std::iter::from_fn(|| parser.next()));
        }
        assert_eq!(events, expected, "{portion}");
    }
}

#[test]
fn all_of_an_event_that_is_not_complete_counts() {
    let mut parser = Parser::default();
    let line = format!("data: {}\n", "x".repeat(1000));
    for n in 1..=2_000 {
        parser.push(line.as_bytes());
        assert_eq!(parser.next(), None);
        assert_eq!(parser.held(), n * 1001 - 1);
    }
    parser.push(b"\n: and what follows");
    assert_eq!(parser.next().unwrap().data.len(), 2_000 * 1001 - 1);
    assert_eq!(parser.next(), None);
    assert_eq!(parser.held(), ": and what follows".len());
}

#[test]
fn a_long_line_in_small_portions_is_searched_once() {
    // Searched from its beginning for each portion, this would take minutes.
    let mut parser = Parser::default();
    parser.push(b"data: ");
    for _ in 0..MAX_EVENT / 64 {
        parser.push(&[b'x'; 64]);
        assert_eq!(parser.next(), None);
    }
    parser.push(b"\n\n");
    assert_eq!(parser.next().unwrap().data.len(), MAX_EVENT);
}
