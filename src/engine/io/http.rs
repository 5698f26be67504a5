//! The door to HTTP: clients, shared by the queries of the process.
//!
//! Clients are keyed by what the environment of a query says about proxies and certificates, so that queries with
//! different settings never share a connection. The process environment is never read.

#[path = "http_web.rs"]
pub mod web;

use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::io::{blocking, fs};
use reqwest::{NoProxy, Proxy, Url};
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Requests on one HTTP/2 connection before another one is opened: servers commonly stop at 100.
const STREAMS_PER_CONNECTION: usize = 90;
/// Pools kept before unused ones are dropped.
const MOST_POOLS: usize = 64;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const POOL_IDLE: Duration = Duration::from_secs(90);
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How much of a reply may be on its way on one HTTP/2 stream.
const HTTP2_WINDOW: u32 = 2 * 1024 * 1024;

/// `native-agent-sdk/<version>`, and what `CLAUDE_AGENT_SDK_CLIENT_APP` adds to it.
///
/// # Errors
/// `InvalidOption` when the application's name cannot be part of a header.
pub fn user_agent(env: &Env) -> Result<String, EngineError> {
    const OURS: &str = concat!("native-agent-sdk/", env!("CARGO_PKG_VERSION"));
    match env.get("CLAUDE_AGENT_SDK_CLIENT_APP").map(str::trim) {
        None | Some("") => Ok(OURS.to_owned()),
        Some(app) if app.chars().all(|c| c.is_ascii_graphic() || c == ' ') => {
            Ok(format!("{OURS} (client-app/{app})"))
        }
        Some(_) => Err(invalid("CLAUDE_AGENT_SDK_CLIENT_APP", "has a character that is not printable ASCII")),
    }
}

/// What an environment says about connections. Equal keys share connections. Its `Debug` shows no secret.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct HttpKey {
    /// Proxy for `https` URLs.
    https_proxy: Option<Url>,
    /// Proxy for `http` URLs.
    http_proxy: Option<Url>,
    /// Hosts without proxy, as a comma list.
    no_proxy: String,
    extra_roots: Vec<CertificateDer<'static>>,
    identity: Option<Identity>,
}

/// A client certificate with its chain and its key, both as read.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key_pem: Vec<u8>,
}

impl std::fmt::Debug for HttpKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let origin = |url: &Option<Url>| url.as_ref().map(|url| url.origin().ascii_serialization());
        f.debug_struct("HttpKey")
            .field("https_proxy", &origin(&self.https_proxy))
            .field("http_proxy", &origin(&self.http_proxy))
            .field("no_proxy", &self.no_proxy)
            .field("extra_roots", &self.extra_roots.len())
            .field("identity", &self.identity.is_some())
            .finish()
    }
}

impl HttpKey {
    /// Reads `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` (or in lower case, which wins), `NODE_EXTRA_CA_CERTS`,
    /// `CLAUDE_CODE_CLIENT_CERT` and `CLAUDE_CODE_CLIENT_KEY`. Reads the files that the last three name: blocks.
    ///
    /// Without `HTTPS_PROXY`, `HTTP_PROXY` serves `https` URLs too.
    ///
    /// # Errors
    /// `InvalidOption` naming the variable and the fault.
    pub fn from_env(env: &Env) -> Result<Self, EngineError> {
        let http_proxy = proxy(env, "http_proxy", "HTTP_PROXY")?;
        let https_proxy = proxy(env, "https_proxy", "HTTPS_PROXY")?.or_else(|| http_proxy.clone());
        let no_proxy = env.get("no_proxy").or_else(|| env.get("NO_PROXY")).unwrap_or_default();
        let no_proxy: Vec<&str> =
            no_proxy.split(|c: char| c == ',' || c.is_whitespace()).filter(|host| !host.is_empty()).collect();
        Ok(Self {
            https_proxy,
            http_proxy,
            no_proxy: no_proxy.join(","),
            extra_roots: match env.get("NODE_EXTRA_CA_CERTS") {
                Some(path) => certificates("NODE_EXTRA_CA_CERTS", path)?,
                None => Vec::new(),
            },
            identity: identity(env)?,
        })
    }

    /// Whether requests go through a proxy.
    fn proxied(&self) -> bool {
        self.http_proxy.is_some() || self.https_proxy.is_some()
    }

    /// The hosts of the proxies.
    fn proxy_hosts(&self) -> Vec<String> {
        let proxies = [&self.http_proxy, &self.https_proxy];
        proxies.into_iter().flatten().filter_map(|url| url.host_str().map(str::to_owned)).collect()
    }

    /// Whether a request to `url` needs TLS, to the host or to its proxy.
    fn needs_tls(&self, url: &Url) -> bool {
        let proxy = self.http_proxy.as_ref();
        url.scheme() == "https" || proxy.is_some_and(|proxy| proxy.scheme() == "https")
    }
}

fn invalid(variable: &str, fault: impl std::fmt::Display) -> EngineError {
    EngineError::new(ErrorKind::InvalidOption, format!("{variable} {fault}"))
}

fn proxy(env: &Env, lower: &str, upper: &str) -> Result<Option<Url>, EngineError> {
    let Some((name, text)) = [lower, upper].into_iter().find_map(|name| Some((name, env.get(name)?))) else {
        return Ok(None);
    };
    let text = text.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    // The text is not repeated in errors: it may hold a password.
    let url = Url::parse(&full).map_err(|e| invalid(name, format!("is no proxy URL ({e})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        let fault = format!("has the scheme {:?}; only http and https proxies are supported", url.scheme());
        return Err(invalid(name, fault));
    }
    if !url.has_host() {
        return Err(invalid(name, "has no host"));
    }
    Ok(Some(url))
}

fn read_file(variable: &str, path: &str) -> Result<Vec<u8>, EngineError> {
    fs::read(Path::new(path))
        .map_err(|e| invalid(variable, format!("names {path:?}, which cannot be read: {e}")))
}

fn certificates(variable: &str, path: &str) -> Result<Vec<CertificateDer<'static>>, EngineError> {
    let pem = read_file(variable, path)?;
    let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let list = list.map_err(|e| invalid(variable, format!("names {path:?}, which is not valid PEM: {e}")))?;
    if list.is_empty() {
        return Err(invalid(variable, format!("names {path:?}, which holds no PEM certificate")));
    }
    Ok(list)
}

fn identity(env: &Env) -> Result<Option<Identity>, EngineError> {
    const CERT: &str = "CLAUDE_CODE_CLIENT_CERT";
    const KEY: &str = "CLAUDE_CODE_CLIENT_KEY";
    let (cert, key) = match (env.get(CERT), env.get(KEY)) {
        (None, None) => return Ok(None),
        (Some(cert), Some(key)) => (cert, key),
        (Some(_), None) => return Err(invalid(CERT, format!("is set but {KEY} is not; both are needed"))),
        (None, Some(_)) => return Err(invalid(KEY, format!("is set but {CERT} is not; both are needed"))),
    };
    let chain = certificates(CERT, cert)?;
    let key_pem = read_file(KEY, key)?;
    if String::from_utf8_lossy(&key_pem).contains("ENCRYPTED") {
        return Err(invalid(KEY, format!("names {key:?}, an encrypted key; store it without passphrase")));
    }
    PrivateKeyDer::from_pem_slice(&key_pem)
        .map_err(|_| invalid(KEY, format!("names {key:?}, which holds no PEM private key")))?;
    Ok(Some(Identity { chain, key_pem }))
}

/// All HTTP clients of the process. One for the process, shared.
#[derive(Default)]
pub struct HttpPools {
    pools: Mutex<HashMap<(HttpKey, bool), Arc<Pool>>>,
}

/// The clients of one key. Several, because one client keeps one HTTP/2 connection to a host.
#[derive(Default)]
struct Pool {
    tls: OnceCell<rustls::ClientConfig>,
    shards: Mutex<Vec<Shard>>,
}

struct Shard {
    client: reqwest::Client,
    in_flight: Arc<AtomicUsize>,
}

/// A client for one request; keep it until the answer's body is read or dropped.
pub struct HttpLease {
    client: reqwest::Client,
    in_flight: Arc<AtomicUsize>,
}

// reqwest's own `Debug` shows the proxies, with their passwords.
impl std::fmt::Debug for HttpLease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpLease").field("in_flight", &self.in_flight).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for HttpPools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("HttpPools").field("pools", &pools).finish()
    }
}

impl HttpLease {
    /// The client.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

impl Drop for HttpLease {
    fn drop(&mut self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl HttpPools {
    /// A client for one request to `url`. TLS is set up by the first request that needs it.
    ///
    /// # Errors
    /// `InvalidOption` when the certificates cannot be used.
    pub async fn lease(&self, key: &HttpKey, url: &Url) -> Result<HttpLease, EngineError> {
        let tls = key.needs_tls(url);
        let pool = self.pool(key, tls);
        // Without TLS there is no HTTP/2 here, and a client has as many connections as it needs.
        let limit = if tls { STREAMS_PER_CONNECTION } else { usize::MAX };
        if let Some(lease) = pool.free(limit) {
            return Ok(lease);
        }
        let config = if tls {
            let build = || {
                let key = key.clone();
                async move { blocking(move || Ok(tls_config(&key))).await.map_err(|e| internal(&e))? }
            };
            pool.tls.get_or_try_init(build).await?.clone()
        } else {
            plain_config()?
        };
        let client = client(key, config, None)?;
        let mut shards = pool.shards.lock().unwrap_or_else(PoisonError::into_inner);
        // Another request may have been here first.
        if let Some(lease) = free(&shards, limit) {
            return Ok(lease);
        }
        let in_flight = Arc::new(AtomicUsize::new(1));
        shards.push(Shard { client: client.clone(), in_flight: Arc::clone(&in_flight) });
        Ok(HttpLease { client, in_flight })
    }

    fn pool(&self, key: &HttpKey, tls: bool) -> Arc<Pool> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = (key.clone(), tls);
        if let Some(pool) = pools.get(&slot) {
            return Arc::clone(pool);
        }
        if pools.len() >= MOST_POOLS {
            pools.retain(|_, pool| Arc::strong_count(pool) > 1 || pool.in_flight() > 0);
        }
        Arc::clone(pools.entry(slot).or_default())
    }
}

impl Pool {
    fn free(&self, limit: usize) -> Option<HttpLease> {
        free(&self.shards.lock().unwrap_or_else(PoisonError::into_inner), limit)
    }

    fn in_flight(&self) -> usize {
        let shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        shards.iter().map(|shard| shard.in_flight.load(Ordering::Relaxed)).sum()
    }
}

/// The first client with fewer than `limit` requests. Call it under the pool's lock only, so that two requests cannot
/// both take the last place.
fn free(shards: &[Shard], limit: usize) -> Option<HttpLease> {
    let shard = shards.iter().find(|shard| shard.in_flight.load(Ordering::Relaxed) < limit)?;
    shard.in_flight.fetch_add(1, Ordering::Relaxed);
    Some(HttpLease { client: shard.client.clone(), in_flight: Arc::clone(&shard.in_flight) })
}

fn internal(error: impl std::fmt::Display) -> EngineError {
    EngineError::new(ErrorKind::InternalError, format!("the HTTP client cannot be built: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "the one door to HTTP clients")]
fn client(
    key: &HttpKey,
    tls: rustls::ClientConfig,
    resolver: Option<Arc<dyn reqwest::dns::Resolve>>,
) -> Result<reqwest::Client, EngineError> {
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("native-agent-sdk/", env!("CARGO_PKG_VERSION")))
        .referer(false)
        .tcp_nodelay(true)
        .tcp_keepalive(KEEP_ALIVE)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE)
        .http2_initial_stream_window_size(HTTP2_WINDOW)
        .http2_initial_connection_window_size(HTTP2_WINDOW * 8)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .http2_keep_alive_timeout(KEEP_ALIVE);
    if let Some(resolver) = resolver {
        builder = builder.dns_resolver(resolver);
    }
    let bypass = || NoProxy::from_string(&key.no_proxy);
    let bad = |e: reqwest::Error| invalid("The proxy", format!("cannot be used: {}", describe(&e)));
    if let Some(url) = &key.http_proxy {
        builder = builder.proxy(Proxy::http(url.clone()).map_err(bad)?.no_proxy(bypass()));
    }
    if let Some(url) = &key.https_proxy {
        builder = builder.proxy(Proxy::https(url.clone()).map_err(bad)?.no_proxy(bypass()));
    }
    builder.build().map_err(|e| internal(describe(&e)))
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Settings for clients that never speak TLS: they trust nobody, and cost nothing to make.
fn plain_config() -> Result<rustls::ClientConfig, EngineError> {
    Ok(rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(internal)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

/// The platform's trust store plus the extra roots, and the client certificate if there is one.
fn tls_config(key: &HttpKey) -> Result<rustls::ClientConfig, EngineError> {
    let provider = provider();
    let verifier: Arc<dyn ServerCertVerifier> = Arc::new(
        rustls_platform_verifier::Verifier::new_with_extra_roots(
            key.extra_roots.iter().cloned(),
            Arc::clone(&provider),
        )
        .map_err(|e| {
            let variable = if key.extra_roots.is_empty() { "The trust store" } else { "NODE_EXTRA_CA_CERTS" };
            invalid(variable, format!("cannot be used: {e}"))
        })?,
    );
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(internal)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match &key.identity {
        None => builder.with_no_client_auth(),
        Some(Identity { chain, key_pem }) => {
            let bad = |e: &dyn std::fmt::Display| {
                invalid("CLAUDE_CODE_CLIENT_CERT", format!("and its key cannot be used together: {e}"))
            };
            let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(|e| bad(&e))?;
            builder.with_client_auth_cert(chain.clone(), key).map_err(|e| bad(&e))?
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// What went wrong, without the URL: the innermost cause, which is the telling one.
pub fn describe(error: &reqwest::Error) -> String {
    let Some(cause) = causes(error).last() else { return "the request failed".to_owned() };
    match cause.downcast_ref::<reqwest::Error>() {
        // Its own text ends in the URL.
        Some(own) if own.is_timeout() => "timed out".to_owned(),
        Some(own) if own.is_connect() => "no connection".to_owned(),
        Some(own) if own.is_builder() => "the request is not valid".to_owned(),
        Some(_) => "the request failed".to_owned(),
        None => cause.to_string(),
    }
}

/// Whether TLS itself failed, for example over a certificate: trying again does not help.
pub fn is_tls(error: &reqwest::Error) -> bool {
    // HTTP/2 passes the refusal of our certificate on as text only.
    causes(error)
        .any(|cause| cause.is::<rustls::Error>() || cause.to_string().contains("received fatal alert"))
}

/// An error and what caused it, outside in.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // The source of an I/O error is the source of the error that it wraps, so that this one would be skipped.
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
