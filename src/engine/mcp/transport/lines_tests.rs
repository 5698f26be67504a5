#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use std::sync::Arc;
use tokio::io::AsyncReadExt;

/// The longest line of these tests.
const MOST: usize = 1000;

/// All that comes through, without the lines that the transport drops, and why it ended.
async fn through(text: &[u8], portion: usize) -> (Vec<String>, Option<String>) {
    let ended = Ended::default();
    let mut lines = Lines::new(text, Arc::clone(&ended), MOST);
    let (mut all, mut buffer) = (Vec::new(), vec![0; portion]);
    loop {
        let n = lines.read(&mut buffer).await.unwrap();
        if n == 0 {
            break;
        }
        all.extend_from_slice(&buffer[..n]);
    }
    let short = |line: &&[u8]| line.len() < MOST;
    let kept = all.split(|byte| *byte == b'\n').filter(short);
    (kept.map(|line| String::from_utf8_lossy(line).into_owned()).collect(), ended.get().cloned())
}

fn long(before: &str, after: &str) -> String {
    format!("{before}{}{after}", "x".repeat(MOST))
}

#[tokio::test]
async fn an_answer_that_is_too_long_fails_its_own_call() {
    for (line, id) in [
        (long("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"", "\"}"), "7"),
        (long("{ \"id\": 8, \"jsonrpc\": \"2.0\", \"result\": \"", "\"}\r"), "8"),
        (long("{\"result\":\"\\\"id\\\":1", ",\\\"id\\\":2\",\"jsonrpc\":\"2.0\",\"id\":9}"), "9"),
        (long("{\"jsonrpc\":\"2.0\",\"result\":\"", "\",\"id\":10,\"jsonrpc\":\"2.0\"}"), "10"),
    ] {
        let text = format!("one\n{line}\ntwo\nthree");
        for portion in [64, text.len()] {
            let (lines, ended) = through(text.as_bytes(), portion).await;
            assert_eq!(lines.len(), 4, "{id}");
            assert_eq!(
                (lines[0].as_str(), &lines[2..]),
                ("one", &["two".to_owned(), "three".to_owned()][..])
            );
            let answer: serde_json::Value = serde_json::from_str(&lines[1]).unwrap();
            assert_eq!(answer["id"].to_string(), id);
            assert!(answer["error"]["message"].as_str().unwrap().contains("more than 16 MiB"));
            assert_eq!(ended, None);
        }
    }
}

#[tokio::test]
async fn what_answers_nobody_knows_what_ends_the_connection() {
    for line in [
        long("{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1,\"params\":\"", "\"}"),
        long("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"", "\"}"),
        long("{\"result\":{\"x\":\"", "\",\"id\":3}}"),
        long("", ""),
        // Without an end: it is not waited for.
        "x".repeat(17 * MOST),
    ] {
        let (lines, ended) = through(format!("one\n{line}\ntwo").as_bytes(), 64).await;
        assert!(!lines.contains(&"two".to_owned()), "{line}");
        assert_eq!(ended.unwrap(), "it sent a message of more than 16 MiB");
    }
}

#[tokio::test]
async fn the_longest_line_passes_and_its_neighbours_count_for_themselves() {
    let line = "x".repeat(MOST - 1);
    let (lines, ended) = through(format!("{line}\n{line}\n").as_bytes(), 64).await;
    assert_eq!((lines.len(), lines[0].len(), ended), (3, MOST - 1, None));
}
