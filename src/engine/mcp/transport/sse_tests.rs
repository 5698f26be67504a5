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
