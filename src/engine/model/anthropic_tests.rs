#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::model::{Event, StreamEvent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that answers one connection: `reply` gets the connection and a way to read requests.
async fn serve<F>(
    reply: impl FnOnce(Connection) -> F + Send + 'static,
) -> (String, tokio::task::JoinHandle<()>)
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        reply(Connection { stream, held: Vec::new() }).await;
    });
    (base, task)
}

struct Connection {
    stream: TcpStream,
    held: Vec<u8>,
}

impl Connection {
    /// Head and body of the next request.
    async fn request(&mut self) -> (String, String) {
        loop {
            if let Some(at) = self.held.windows(4).position(|w| w == b"\r\n\r\n") {
                let head = String::from_utf8(self.held[..at].to_vec()).unwrap().to_lowercase();
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .map_or(0, |n| n.parse().unwrap());
                if self.held.len() >= at + 4 + length {
                    let body = self.held[at + 4..at + 4 + length].to_vec();
                    self.held.drain(..at + 4 + length);
                    return (head, String::from_utf8(body).unwrap());
                }
            }
            let mut buf = [0; 4096];
            let n = self.stream.read(&mut buf).await.unwrap();
            assert!(n > 0, "the client closed the connection");
            self.held.extend_from_slice(&buf[..n]);
        }
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    async fn answer(&mut self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        self.send(&format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}")).await;
    }

    async fn chunk(&mut self, text: &str) {
        self.send(&format!("{:x}\r\n{text}\r\n", text.len())).await;
    }

    /// Waits until the client has closed the connection.
    async fn closed(&mut self) {
        let mut buf = [0; 64];
        while !matches!(self.stream.read(&mut buf).await, Ok(0) | Err(_)) {}
    }
}

const SSE_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
    transfer-encoding: chunked\r\nrequest-id: req_1\r\nanthropic-ratelimit-requests-remaining: 7\r\nx-other: 1\r\n\r\n";
const START: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"model\":\"m\"}}\n\n";
const PING: &str = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
const STOP: &str = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

fn env(base: &str, more: &[(&str, &str)]) -> Env {
    let fixed = [("ANTHROPIC_BASE_URL", base), ("ANTHROPIC_API_KEY", "sk-hunter2")];
    Env::new(fixed.iter().chain(more).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
}

fn client(base: &str, more: &[(&str, &str)]) -> Anthropic {
    Anthropic::new(&env(base, more), Arc::default()).unwrap()
}

fn request() -> ModelRequest {
    ModelRequest { body: bytes::Bytes::from_static(b"{\"model\":\"m\"}"), headers: Vec::new() }
}

async fn read_all(stream: &mut ModelStream) -> Vec<Result<StreamEvent, ApiFailure>> {
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event);
    }
    events
}

/// The failure that a server's one answer leads to.
async fn failure_of(status: &'static str, headers: &'static str, body: &'static str) -> ApiFailure {
    let (base, _task) = serve(move |mut c| async move {
        c.request().await;
        c.answer(status, headers, body).await;
        c.closed().await;
    })
    .await;
    client(&base, &[]).with_clock(Clock::manual()).open(request()).await.unwrap_err()
}

#[tokio::test]
async fn a_request_has_the_documented_headers_row_528_row_529() {
    let (base, task) = serve(|mut c| async move {
        let (head, body) = c.request().await;
        assert_eq!(body, "{\"model\":\"m\"}");
        assert_eq!(head.lines().next(), Some("post /prefix/v1/messages http/1.1"));
        for line in [
            "x-api-key: sk-hunter2",
            "anthropic-version: 2023-06-01",
            "content-type: application/json",
            "anthropic-beta: one,two,three",
            "x-session: s",
            "x-own: yes",
            concat!("user-agent: native-agent-sdk/", env!("CARGO_PKG_VERSION"), " (client-app/app/1.0)"),
        ] {
            assert!(head.lines().any(|l| l == line), "{line} is missing in {head}");
        }
        assert!(head.contains("accept-encoding: ") && head.contains("gzip"), "{head}");
        assert!(!head.contains("authorization"), "{head}");
        c.send(SSE_HEAD).await;
        c.chunk(STOP).await;
    })
    .await;
    let more = [
        ("ANTHROPIC_BETAS", "one,two"),
        ("ANTHROPIC_CUSTOM_HEADERS", "X-Own: yes\nX-Session: s"),
        ("CLAUDE_AGENT_SDK_CLIENT_APP", "app/1.0"),
    ];
    let mut request = request();
    request.headers = vec![("anthropic-beta".into(), "two, three".into()), ("x-session".into(), "t".into())];
    client(&format!("{base}/prefix/"), &more).open(request).await.unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn events_arrive_as_they_are_sent_and_the_connection_is_used_again() {
    let (base, task) = serve(|mut c| async move {
        for _ in 0..3 {
            c.request().await;
            c.send(SSE_HEAD).await;
            c.chunk(&START[..30]).await;
            c.chunk(&START[30..]).await;
            c.chunk(&format!("{PING}{STOP}")).await;
            c.send("0\r\n\r\n").await;
        }
    })
    .await;
    let client = client(&base, &[]);
    for _ in 0..3 {
        let mut stream = client.open(request()).await.unwrap();
        assert_eq!(stream.request_id(), Some("req_1"));
        let limits = [("anthropic-ratelimit-requests-remaining".to_owned(), "7".to_owned())];
        assert_eq!(stream.headers(), limits);
        let events = read_all(&mut stream).await;
        assert_eq!(events.len(), 2);
        assert!(matches!(events[0].as_ref().unwrap().event, Event::MessageStart(_)));
        assert_eq!(events[1].as_ref().unwrap().event, Event::MessageStop);
        assert!(stream.next().await.is_none());
    }
    task.await.unwrap();
}

#[tokio::test]
async fn dropping_the_stream_aborts_the_request() {
    let (base, task) = serve(|mut c| async move {
        c.request().await;
        c.send(SSE_HEAD).await;
        c.chunk(START).await;
        c.closed().await;
    })
    .await;
    let client = client(&base, &[]);
    let mut stream = client.open(request()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    task.await.unwrap();
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_a_partial_failure() {
    for (sent, partial) in [("", false), (START, true)] {
        for ending in ["0\r\n\r\n", ""] {
            let (base, _task) = serve(move |mut c| async move {
                c.request().await;
                c.send(SSE_HEAD).await;
                if !sent.is_empty() {
                    c.chunk(sent).await;
                }
                c.send(ending).await;
            })
            .await;
            let mut stream = client(&base, &[]).open(request()).await.unwrap();
            let failure = read_all(&mut stream).await.pop().unwrap().unwrap_err();
            assert_eq!((failure.kind, failure.partial), (FailureKind::Connection, partial));
            assert_eq!(failure.request_id.as_deref(), Some("req_1"));
            assert!(stream.next().await.is_none());
        }
    }
}

#[tokio::test]
async fn errors_and_garbage_inside_a_stream() {
    let overloaded = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"O\"}}\n\n";
    let untyped = "event: error\ndata: {\"error\":{\"type\":\"api_error\",\"message\":\"O\"}}\n\n";
    for (text, kind) in [
        (overloaded, FailureKind::Overloaded),
        (untyped, FailureKind::ServerError),
        ("event: error\ndata: oh no\n\n", FailureKind::Unknown),
        ("data: oh no\n\n", FailureKind::Garbage),
        ("data: {\"type\":1}\n\n", FailureKind::Garbage),
    ] {
        let (base, _task) = serve(move |mut c| async move {
            c.request().await;
            c.send(SSE_HEAD).await;
            c.chunk(&format!("{START}{text}")).await;
            c.closed().await;
        })
        .await;
        let mut stream = client(&base, &[]).open(request()).await.unwrap();
        let failure = read_all(&mut stream).await.pop().unwrap().unwrap_err();
        assert_eq!((failure.kind, failure.partial), (kind, true), "{text}");
    }
}

#[tokio::test]
async fn error_answers_are_read() {
    let json = "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow\"},\"request_id\":\"b\"}";
    let failure = failure_of("429 Too Many", "request-id: req_2\r\nretry-after: 7\r\n", json).await;
    assert_eq!(
        failure,
        ApiFailure {
            kind: FailureKind::RateLimit,
            status: Some(429),
            message: "slow".into(),
            request_id: Some("req_2".into()),
            retry_after: Some(Duration::from_secs(7)),
            partial: false,
        }
    );
    let failure = failure_of("529 Overloaded", "retry-after-ms: 1500\r\nretry-after: 9\r\n", json).await;
    assert_eq!(failure.retry_after, Some(Duration::from_millis(1500)));
    assert_eq!(failure.request_id.as_deref(), Some("b"));
    // The manual clock starts at 2026-01-01T00:00:00Z.
    let dated = failure_of("503 Down", "retry-after: Thu, 01 Jan 2026 00:00:30 GMT\r\n", "").await;
    assert_eq!((dated.kind, dated.retry_after), (FailureKind::ServerError, Some(Duration::from_secs(30))));
    let past = failure_of("503 Down", "retry-after: Wed, 31 Dec 2025 00:00:30 GMT\r\n", "").await;
    assert_eq!(past.retry_after, Some(Duration::ZERO));
    for bad in ["retry-after: soon\r\n", "retry-after: -1\r\n", "retry-after: 1e400\r\n"] {
        assert_eq!(failure_of("503 Down", bad, "").await.retry_after, None, "{bad}");
    }
    let moved = failure_of("302 Found", "location: http://127.0.0.1:1/\r\n", "").await;
    assert_eq!((moved.kind, moved.status), (FailureKind::Unknown, Some(302)));
}

#[tokio::test]
async fn an_endless_error_answer_is_cut() {
    let (base, _task) = serve(|mut c| async move {
        c.request().await;
        c.send("HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n").await;
        // Fails when the client stops reading and closes.
        while c.stream.write_all(format!("{:x}\r\n{}\r\n", 4096, "x".repeat(4096)).as_bytes()).await.is_ok() {
        }
    })
    .await;
    let failure = client(&base, &[]).open(request()).await.unwrap_err();
    assert_eq!((failure.kind, failure.status), (FailureKind::ServerError, Some(500)));
    assert!(failure.message.len() < 300);
}

#[tokio::test]
async fn an_answer_that_is_not_streamed() {
    let (base, _task) = serve(|mut c| async move {
        c.request().await;
        let body = "{\"type\":\"message\",\"id\":\"m1\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}],\"stop_reason\":\"end_turn\"}";
        c.answer("200 OK", "content-type: application/json\r\nrequest-id: r\r\n", body).await;
        c.request().await;
        c.answer("200 OK", "content-type: text/html\r\nrequest-id: r\r\n", "<html>login</html>").await;
        c.request().await;
    })
    .await;
    let client = client(&base, &[]);
    let mut stream = client.open(request()).await.unwrap();
    assert_eq!(stream.request_id(), Some("r"));
    let events = read_all(&mut stream).await;
    assert_eq!(events.len(), 6);
    assert_eq!(events[2].as_ref().unwrap().plain_delta().map(|d| d.2), Some("hi"));
    let failure = client.open(request()).await.unwrap_err();
    assert_eq!((failure.kind, failure.request_id.as_deref()), (FailureKind::Garbage, Some("r")));
}

#[tokio::test]
async fn no_answer_and_no_further_event_are_timeouts_row_520() {
    let clock = Clock::manual();
    let ticking = clock.clone();
    let (base, _task) = serve(move |mut c| async move {
        c.request().await;
        ticking.advance(Duration::from_millis(5000));
        c.closed().await;
    })
    .await;
    let silent = client(&base, &[("API_TIMEOUT_MS", "5000")]).with_clock(clock);
    let failure = silent.open(request()).await.unwrap_err();
    assert_eq!((failure.kind, failure.partial), (FailureKind::Timeout, false));
    assert!(failure.message.contains("API_TIMEOUT_MS"), "{}", failure.message);

    // Less than five minutes cannot be asked for.
    let (base, _task) = serve(|mut c| async move {
        c.request().await;
        c.send(SSE_HEAD).await;
        c.chunk(START).await;
        c.closed().await;
    })
    .await;
    let clock = Clock::manual();
    let stalled = client(&base, &[("CLAUDE_STREAM_IDLE_TIMEOUT_MS", "1000")]).with_clock(clock.clone());
    let mut stream = stalled.open(request()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    {
        let mut next = std::pin::pin!(stream.next());
        assert!(futures::poll!(&mut next).is_pending());
        clock.advance(Duration::from_millis(299_999));
        assert!(futures::poll!(&mut next).is_pending());
    }
    // A cancelled call loses nothing; the silence counts from the new one.
    let mut next = std::pin::pin!(stream.next());
    assert!(futures::poll!(&mut next).is_pending());
    clock.advance(Duration::from_millis(300_000));
    let failure = next.await.unwrap().unwrap_err();
    assert_eq!((failure.kind, failure.partial), (FailureKind::Timeout, true));
}

#[tokio::test]
async fn a_refused_connection_names_the_host_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client(&format!("http://user:hunter2@{address}/hunter2"), &[]);
    let failure = client.open(request()).await.unwrap_err();
    assert_eq!((failure.kind, failure.status), (FailureKind::Connection, None));
    assert!(failure.message.starts_with(&format!("cannot reach http://{address}: ")), "{}", failure.message);
    let shown = format!("{client:?} {failure:?} {failure}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_a_failure() {
    let mut request = request();
    request.headers = vec![("x-a".into(), "hunter2\n".into())];
    let failure = client("http://127.0.0.1:1", &[]).open(request).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidRequest);
    assert!(!failure.message.contains("hunter2"));
}

#[tokio::test]
async fn a_token_wins_over_the_user_in_the_url() {
    for (token, expected) in [("", "basic dtpw"), ("tok", "bearer tok")] {
        let (base, task) = serve(move |mut c| async move {
            let (head, _) = c.request().await;
            let sent: Vec<&str> =
                head.lines().filter_map(|line| line.strip_prefix("authorization: ")).collect();
            assert_eq!(sent, [expected]);
            c.answer("500 Oops", "", "").await;
        })
        .await;
        let base = base.replace("http://", "http://u:p@");
        let vars = [("ANTHROPIC_AUTH_TOKEN", token)];
        client(&base, &vars).open(request()).await.unwrap_err();
        task.await.unwrap();
    }
}

#[test]
fn bad_settings_fail_before_any_request() {
    for (name, value, kind) in [
        ("ANTHROPIC_API_KEY", "a\nb", ErrorKind::InvalidCredentials),
        ("ANTHROPIC_BASE_URL", "nonsense", ErrorKind::InvalidOption),
        ("ANTHROPIC_CUSTOM_HEADERS", "nonsense", ErrorKind::InvalidOption),
        ("CLAUDE_AGENT_SDK_CLIENT_APP", "a\nb", ErrorKind::InvalidOption),
        ("HTTPS_PROXY", "socks5://x", ErrorKind::InvalidOption),
    ] {
        let error = Anthropic::new(&env("http://h", &[(name, value)]), Arc::default()).unwrap_err();
        assert_eq!(error.kind, kind);
        assert!(error.message.contains(name), "{}", error.message);
    }
    let error = Anthropic::new(&Env::default(), Arc::default()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::MissingCredentials);
}

#[tokio::test]
async fn a_compressed_stream_is_read() {
    // START and STOP, by gzip.
    const GZIP: [u8; 96] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 45, 75, 205, 43, 177, 82, 200, 77, 45, 46, 78, 76, 79, 141, 47,
        46, 73, 44, 42, 225, 74, 73, 44, 73, 180, 82, 168, 86, 42, 169, 44, 72, 85, 178, 82, 66, 145, 84,
        210, 129, 241, 149, 172, 170, 149, 50, 83, 64, 242, 134, 32, 193, 252, 148, 212, 28, 16, 71, 169,
        182, 150, 139, 43, 21, 221, 216, 252, 2, 220, 166, 230, 23, 40, 1, 181, 0, 0, 149, 7, 43, 123, 138,
        0, 0, 0,
    ];
    let (base, _task) = serve(|mut c| async move {
        c.request().await;
        c.send(&SSE_HEAD.replace("x-other: 1", "content-encoding: gzip")).await;
        for byte in GZIP {
            c.stream.write_all(&[b'1', b'\r', b'\n', byte, b'\r', b'\n']).await.unwrap();
        }
        c.send("0\r\n\r\n").await;
    })
    .await;
    let mut stream = client(&base, &[]).open(request()).await.unwrap();
    assert_eq!(read_all(&mut stream).await.into_iter().map(Result::unwrap).count(), 2);
}
