//! The HTTP side: connections, reading requests, sending answers.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use super::body::StepBody;
use super::capture::{Capture, CapturedRequest};
use super::render::Answer;
use super::request::Arrived;
use super::state::{Glance, Reading, Shared};

/// The API refuses larger requests with 413.
pub const MAX_REQUEST: usize = 32 * 1024 * 1024;

/// How a connection is served.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConnectionOptions {
    /// Streams of an HTTP/2 connection that may be open at a time; the default is hyper's.
    pub max_concurrent_streams: Option<u32>,
}

/// Why a request gets no answer at all.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the scenario drops this request")]
    Scenario,
    #[error("the request broke off: {0}")]
    Request(#[from] hyper::Error),
    #[error("the answer is no HTTP: {0}")]
    Answer(String),
}

/// Accepts connections until the server closes.
pub async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.closed.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        // A failed accept (the peer is gone, or no descriptor is free) leaves the listener usable.
        let Ok((stream, _)) = accepted else { continue };
        // Without it every small event would wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve(stream, Arc::clone(&shared), ConnectionOptions::default()));
    }
}

/// Serves one connection, HTTP/1.1 or HTTP/2 as its first bytes say, until it ends or the server closes.
pub async fn serve<I>(io: I, shared: Arc<Shared>, options: ConnectionOptions)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = auto::Builder::new(TokioExecutor::new());
    if let Some(streams) = options.max_concurrent_streams {
        builder.http2().max_concurrent_streams(streams);
    }
    let closed = shared.closed.clone();
    let service = service_fn(move |request| respond(request, Arc::clone(&shared)));
    let connection = builder.serve_connection(TokioIo::new(io), service);
    tokio::select! {
        biased;
        () = closed.cancelled() => {}
        // How a connection ends is the client's affair, or a fault that the scenario asked for.
        _ = connection => {}
    }
}

async fn respond(request: Request<Incoming>, shared: Arc<Shared>) -> Result<Response<StepBody>, Broken> {
    let arrived_micros = shared.watch.micros();
    let (head, body) = request.into_parts();
    let (raw, body_bytes) = read(body).await?;
    let whole_micros = shared.watch.micros();
    let reading = shared.state().reading();
    let mut arrived = look(&head, raw, body_bytes > MAX_REQUEST, reading);
    let request_id = shared.next_request_id();

    let (answer, capture) = {
        let mut state = shared.state();
        let number = state.captures.len();
        let (answer, rule) = state.decide(&mut arrived, number, &request_id);
        let kept = reading.record;
        let capture = Arc::new(Capture::new(CapturedRequest {
            method: arrived.method,
            path: head.uri.path_and_query().map_or_else(|| arrived.path.clone(), ToString::to_string),
            headers: if kept { arrived.headers } else { BTreeMap::new() },
            body: Arc::new(if kept { arrived.body } else { Value::Null }),
            raw: if kept { arrived.raw } else { Bytes::new() },
            body_bytes,
            arrived_micros,
            whole_micros,
            first_byte_micros: None,
            done_micros: None,
            busy_micros: None,
            status: (!answer.drop_before_headers).then_some(answer.status),
            rule,
            http_version: version(head.version),
        }));
        state.captures.push(Arc::clone(&capture));
        (answer, capture)
    };
    for gate in &answer.start_gates {
        shared.gates.pass(gate, &shared.closed).await;
    }
    if answer.drop_before_headers {
        capture.sent(shared.watch.micros(), true);
        return Err(Broken::Scenario);
    }
    send(answer, &request_id, shared, capture)
}

/// Reads a body; keeps nothing of one that is too large, but reads it to the end so that the client gets its answer.
async fn read(mut body: Incoming) -> Result<(Bytes, usize), hyper::Error> {
    let mut kept = BytesMut::new();
    let mut only: Option<Bytes> = None;
    let mut total = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        total += data.len();
        if total > MAX_REQUEST {
            (kept, only) = (BytesMut::new(), None);
        } else if total == data.len() {
            only = Some(data);
        } else {
            if let Some(first) = only.take() {
                kept.extend_from_slice(&first);
            }
            kept.extend_from_slice(&data);
        }
    }
    Ok((only.unwrap_or_else(|| kept.freeze()), total))
}

fn look(head: &hyper::http::request::Parts, raw: Bytes, too_large: bool, reading: Reading) -> Arrived {
    let (mut body, mut parse_error) = (Value::Null, None);
    let glance = if raw.is_empty() {
        Glance::default()
    } else if reading.parse {
        match serde_json::from_slice(&raw) {
            Ok(value) => body = value,
            Err(error) => parse_error = Some(error.to_string()),
        }
        Glance::of(&body)
    } else {
        serde_json::from_slice(&raw).unwrap_or_default()
    };
    Arrived {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        headers: lower_case(&head.headers),
        raw,
        too_large,
        body,
        parse_error,
        stream: glance.stream,
        model: glance.model,
        index: 0,
    }
}

fn lower_case(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        out.entry(name.as_str().to_owned())
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    out
}

fn send(
    answer: Answer,
    request_id: &str,
    shared: Arc<Shared>,
    capture: Arc<Capture>,
) -> Result<Response<StepBody>, Broken> {
    let status = StatusCode::from_u16(answer.status).map_err(|error| Broken::Answer(error.to_string()))?;
    let mut response = Response::new(StepBody::new(answer.steps, shared, capture));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let id = HeaderValue::try_from(request_id).map_err(|error| Broken::Answer(error.to_string()))?;
    headers.insert(HeaderName::from_static("request-id"), id);
    for (name, value) in answer.headers {
        let name = HeaderName::try_from(name).map_err(|error| Broken::Answer(error.to_string()))?;
        let value = HeaderValue::try_from(value).map_err(|error| Broken::Answer(error.to_string()))?;
        headers.insert(name, value);
    }
    Ok(response)
}

fn version(version: Version) -> &'static str {
    if version == Version::HTTP_2 { "2" } else { "1.1" }
}

/// Binds a free port on loopback.
pub async fn bind() -> io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await
}
