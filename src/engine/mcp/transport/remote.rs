//! Servers behind a URL: streamable HTTP, and what both kinds of HTTP servers need.

use super::client::{Behind, Client, Handler};
use super::connection::Failure;
use super::sse::SseTransport;
use crate::engine::clock::Clock;
use crate::engine::env::Env;
use crate::engine::io::http::{HttpKey, HttpPools};
use crate::engine::io::process::{CommandSpec, ProcessTable};
use crate::engine::io::{blocking, process};
use crate::engine::mcp::auth::authorized::Authorized;
use crate::engine::mcp::auth::oauth::Authority;
use crate::engine::mcp::config::Remote;
use crate::engine::mcp::config::expand::expand;
use crate::engine::mcp::server::Server;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use rmcp::model::ProtocolVersion;
use rmcp::service::ClientLifecycleMode;
use rmcp::transport::streamable_http_client::{
    StreamableHttpClientTransport, StreamableHttpClientTransportConfig,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a command that prints headers may take (row 337).
const HELPER: Duration = Duration::from_secs(10);

/// What a connection over HTTP needs.
pub struct Net<'a> {
    /// The environment of the query.
    pub env: &'a Arc<Env>,
    /// The clients of the process.
    pub pools: &'a HttpPools,
    /// The engine's clock.
    pub clock: &'a Clock,
    /// The working directory of the query.
    pub cwd: &'a Path,
    /// Where children are registered.
    pub processes: &'a Arc<ProcessTable>,
    /// Ends what is under way.
    pub cancel: &'a CancellationToken,
}

/// Where a server is, and how it is asked.
struct Target {
    url: Url,
    headers: HeaderMap,
    client: reqwest::Client,
}

/// Shakes hands over streamable HTTP. A server that does not know the newest protocol is asked in the older one.
pub async fn connect_http(
    remote: &Remote,
    net: &Net<'_>,
    handler: impl Fn() -> Handler,
    missing: &mut Vec<String>,
    server: &Server,
) -> Result<Client, Failure> {
    let target = target(remote, net, missing).await?;
    // Whoever gives a token does not want another one.
    let own = target.headers.contains_key(AUTHORIZATION);
    let authority = if own { None } else { server.authority(target.url.as_str(), &target.client) };
    let newest =
        ClientLifecycleMode::Auto { preferred_versions: vec![ProtocolVersion::LATEST], legacy_version: None };
    match shake_hands(&target, authority.as_ref(), handler(), newest, net.clock).await {
        // Some servers answer what they do not know with nonsense instead of an error.
        Err(Failure::Refused(_)) => {
            let older = ClientLifecycleMode::Initialize;
            shake_hands(&target, authority.as_ref(), handler(), older, net.clock).await
        }
        other => other,
    }
}

async fn shake_hands(
    target: &Target,
    authority: Option<&Arc<Authority>>,
    handler: Handler,
    lifecycle: ClientLifecycleMode,
    clock: &Clock,
) -> Result<Client, Failure> {
    let headers = target.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let config = StreamableHttpClientTransportConfig::with_uri(target.url.as_str()).custom_headers(headers);
    let (http, clock) = (target.client.clone(), clock.clone());
    match authority {
        None => {
            let transport = StreamableHttpClientTransport::with_client(http, config);
            Client::connect(transport, handler, lifecycle, Behind::default(), clock).await
        }
        Some(authority) => {
            let client = Authorized::new(http, Arc::clone(authority));
            let transport = StreamableHttpClientTransport::with_client(client, config);
            Client::connect(transport, handler, lifecycle, Behind::default(), clock).await
        }
    }
}

/// Shakes hands over HTTP with server-sent events as it was before streamable HTTP.
pub async fn connect_sse(
    remote: &Remote,
    net: &Net<'_>,
    handler: Handler,
    missing: &mut Vec<String>,
) -> Result<Client, Failure> {
    let target = target(remote, net, missing).await?;
    let behind = Behind::default();
    let ended = Arc::clone(&behind.ended);
    let transport = SseTransport::open(target.client, target.url, target.headers, ended).await?;
    Client::connect(transport, handler, ClientLifecycleMode::Initialize, behind, net.clock.clone()).await
}

async fn target(remote: &Remote, net: &Net<'_>, missing: &mut Vec<String>) -> Result<Target, Failure> {
    let text = expand(&remote.url, net.env, missing);
    let url = Url::parse(&text).map_err(|error| Failure::Refused(format!("its url is no URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Failure::Refused(format!(
            "its url has the scheme {:?}; give http or https",
            url.scheme()
        )));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &remote.headers {
        put(&mut headers, name, &expand(value, net.env, missing))?;
    }
    if let Some(command) = &remote.headers_helper {
        for (name, value) in helped(command, net).await? {
            put(&mut headers, &name, &value)?;
        }
    }
    let env = Arc::clone(net.env);
    let refused = |error: String| Failure::Refused(error);
    let key = blocking(move || Ok(HttpKey::from_env(&env)))
        .await
        .map_err(|error| refused(error.to_string()))?
        .map_err(|error| refused(error.message))?;
    let lease = net.pools.lease(&key, &url).await.map_err(|error| refused(error.message))?;
    Ok(Target { client: lease.client().clone(), url, headers })
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Failure> {
    let bad =
        |what: &str| Failure::Refused(format!("the header {name:?} has a {what} that HTTP does not take"));
    let name = HeaderName::try_from(name).map_err(|_| bad("name"))?;
    headers.insert(name, HeaderValue::try_from(value).map_err(|_| bad("value"))?);
    Ok(())
}

/// The headers that a command line prints as JSON.
async fn helped(command: &str, net: &Net<'_>) -> Result<Vec<(String, String)>, Failure> {
    let failed = |why: String| Failure::Refused(format!("its headersHelper {why}"));
    let spec = CommandSpec {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), command.into()],
        cwd: net.cwd.to_owned(),
        env: net
            .env
            .without_credentials()
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        timeout: HELPER,
        max_output: 64 * 1024,
        input: None,
        detached: false,
    };
    let finished = process::run(spec, net.processes, net.clock, net.cancel)
        .await
        .map_err(|error| failed(format!("could not be started: {error}")))?;
    if finished.timed_out {
        return Err(failed("took longer than 10 s".to_owned()));
    }
    if finished.exit.is_none_or(|exit| exit.code() != 0) {
        return Err(failed(format!("failed: {}", finished.stderr.text().trim())));
    }
    let headers: Option<std::collections::BTreeMap<String, String>> =
        serde_json::from_str(finished.stdout.text().trim()).ok();
    let headers = headers.ok_or_else(|| failed("printed no JSON object of strings".to_owned()))?;
    Ok(headers.into_iter().collect())
}
