#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn all(parser: &mut SseParser, bytes: &[u8]) -> Vec<Result<SseEvent, SseFault>> {
    parser.push(bytes);
    let mut events = Vec::new();
    while let Some(event) = parser.next() {
        let failed = event.is_err();
        events.push(event);
        if failed {
            break;
        }
    }
    events
}

fn texts(events: Vec<Result<SseEvent, SseFault>>) -> Vec<String> {
    events.into_iter().map(|e| e.unwrap().data.into_string()).collect()
}

const STREAM: &str = concat!(
    "\u{feff}: a comment\r\nevent: x\r\ndata: {\"ä\":\"€😀\"}\r\n\r\n",
    "data:one\rdata: two\r\rid: 7\nretry: 5\nunknown: z\ndata\ndata:  three\n\n\n\n",
    ":\nevent: ping\ndata: {}\n\ndata: last\n\n",
);
const DATA: [&str; 5] = ["{\"ä\":\"€😀\"}", "one\ntwo", "\n three", "{}", "last"];

#[test]
fn a_stream_may_be_split_at_every_byte() {
    let bytes = STREAM.as_bytes();
    for at in 0..=bytes.len() {
        let mut parser = SseParser::default();
        let mut events = all(&mut parser, &bytes[..at]);
        events.extend(all(&mut parser, &bytes[at..]));
        assert_eq!(texts(events), DATA, "split at {at}");
    }
}

#[test]
fn a_stream_may_come_byte_by_byte() {
    let mut parser = SseParser::default();
    let events = STREAM.bytes().flat_map(|b| all(&mut parser, &[b])).collect();
    assert_eq!(texts(events), DATA);
}

#[test]
fn names_belong_to_their_event_only() {
    let mut parser = SseParser::default();
    let events = all(
        &mut parser,
        b"event: ping\ndata: a\n\ndata: b\n\nevent: error\ndata: c\n\nevent: ping\n\ndata: d\n\n",
    );
    let names: Vec<Name> = events.into_iter().map(|e| e.unwrap().name).collect();
    assert_eq!(names, [Name::Ping, Name::Other, Name::Error, Name::Other]);
}

#[test]
fn an_event_without_its_empty_line_is_not_given() {
    let mut parser = SseParser::default();
    assert_eq!(all(&mut parser, b"data: a\n"), []);
    assert_eq!(texts(all(&mut parser, b"\n")), ["a"]);
    assert_eq!(all(&mut parser, b"\n\n\r\r"), []);
}

#[test]
fn data_that_is_not_utf8_is_a_fault() {
    let mut parser = SseParser::default();
    assert_eq!(all(&mut parser, b"data: \xff\n\n"), [Err(SseFault::NotUtf8)]);
}

#[test]
fn an_endless_line_is_a_fault() {
    let mut parser = SseParser::default();
    let chunk = vec![b'x'; MAX_EVENT / 4];
    for _ in 0..4 {
        assert_eq!(all(&mut parser, &chunk), []);
    }
    assert_eq!(all(&mut parser, b"x"), [Err(SseFault::TooLarge)]);
}

#[test]
fn endless_data_lines_are_a_fault() {
    let mut parser = SseParser::default();
    let mut line = b"data: ".to_vec();
    line.resize(MAX_EVENT / 4, b'x');
    line.push(b'\n');
    let mut faults = Vec::new();
    for _ in 0..5 {
        faults.extend(all(&mut parser, &line));
    }
    assert_eq!(faults, [Err(SseFault::TooLarge)]);
}

#[test]
fn line_ends_are_found_at_every_place() {
    for length in 0..40 {
        // Bytes that a careless bit trick would take for a line end.
        let mut bytes: Vec<u8> =
            (0..length).map(|n| [0x0b, 0x8a, 0x8d, 0x0c, 0x0e, 0x09, 0xff, 0x00][n % 8]).collect();
        assert_eq!(find_line_end(&bytes), None);
        for at in 0..length {
            for end in [b'\n', b'\r'] {
                let old = std::mem::replace(&mut bytes[at], end);
                assert_eq!(find_line_end(&bytes), Some(at));
                bytes[at] = old;
            }
        }
    }
}
