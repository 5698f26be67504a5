//! The door to pages of the web: one GET, to a public address unless its host is allowed by name.
//!
//! Names are resolved here, the addresses are checked, and only an address that was checked is connected to: a name
//! that points elsewhere a moment later gains nothing.

use super::{HttpKey, client, describe, tls_config};
use crate::engine::env::Env;
use crate::engine::io::blocking;
use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Url, header};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// Which hosts may have a private address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guard {
    /// Names and addresses, in lower case.
    pub private_hosts: Vec<String>,
}

/// What pages are asked for as.
pub const ACCEPT: &str = "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5";

/// The words of a status code.
pub fn reason(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default()
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Its words.
    pub reason: &'static str,
    /// `content-type`, as sent.
    pub content_type: String,
    /// `location`, as sent.
    pub location: Option<String>,
    /// The body.
    pub body: Bytes,
    /// Whether the body was larger than what was read of it.
    pub cut: bool,
}

impl Guard {
    /// Whether the host may have a private address.
    pub fn allows(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.');
        self.private_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }
}

/// Gets `url`, follows nothing, and reads at most `most` bytes of the body. Dropping the future aborts the request.
///
/// # Errors
/// A text that says why there is no answer.
pub async fn get(url: &Url, guard: &Guard, env: &Arc<Env>, most: usize) -> Result<Answer, String> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let for_key = Arc::clone(env);
    let key = blocking(move || Ok(HttpKey::from_env(&for_key))).await.map_err(|error| error.to_string())?;
    let key = key.map_err(|error| error.message)?;
    check(url, guard, key.proxied()).await?;
    let tls = {
        let key = key.clone();
        blocking(move || Ok(tls_config(&key))).await.map_err(|error| error.to_string())?
    };
    let resolver = Guarded { guard: guard.clone(), proxies: key.proxy_hosts() };
    let tls = tls.map_err(|error| error.message)?;
    let client = client(&key, tls, Some(Arc::new(resolver))).map_err(|error| error.message)?;
    let sent = client.get(url.clone()).header(header::ACCEPT, ACCEPT).send().await;
    let mut response = sent.map_err(|error| format!("{host} could not be reached: {}", describe(&error)))?;
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut answer = Answer {
        status: response.status().as_u16(),
        reason: response.status().canonical_reason().unwrap_or_default(),
        content_type: text(header::CONTENT_TYPE).unwrap_or_default(),
        location: text(header::LOCATION),
        body: Bytes::new(),
        cut: false,
    };
    let mut body = BytesMut::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| format!("{host} broke off its answer: {}", describe(&error)))?
    {
        let room = most.saturating_sub(body.len());
        body.extend_from_slice(&chunk[..room.min(chunk.len())]);
        if chunk.len() > room {
            answer.cut = true;
            break;
        }
    }
    answer.body = body.freeze();
    Ok(answer)
}

/// Refuses an address that is written in the URL. Behind a proxy, which resolves names itself, names are looked up too.
pub async fn check(url: &Url, guard: &Guard, proxied: bool) -> Result<(), String> {
    let host = url.host_str().unwrap_or_default();
    if guard.allows(host) {
        return Ok(());
    }
    let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let addresses: Vec<IpAddr> = match literal {
        Some(address) => vec![address],
        None if proxied => match tokio::net::lookup_host((host, 0)).await {
            Ok(found) => found.map(|address| address.ip()).collect(),
            // Only the proxy may know the name.
            Err(_) => Vec::new(),
        },
        None => Vec::new(),
    };
    if addresses.into_iter().all(is_public) { Ok(()) } else { Err(refusal(host)) }
}

fn refusal(host: &str) -> String {
    format!("{host} has a private or reserved address, which this tool does not reach")
}

/// Resolves names, and keeps only addresses that may be connected to.
struct Guarded {
    guard: Guard,
    /// Hosts of the user's own proxies.
    proxies: Vec<String>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let free =
            self.guard.allows(&host) || self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(&host));
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let checked: Vec<SocketAddr> =
                found.into_iter().filter(|address| free || is_public(address.ip())).collect();
            if checked.is_empty() {
                return Err(std::io::Error::other(refusal(&host)).into());
            }
            let checked: Addrs = Box::new(checked.into_iter());
            Ok(checked)
        })
    }
}

/// Whether an address is one of the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        // Shared by carriers, and what clouds put metadata on.
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (b == 18 || b == 19))
        || address == Ipv4Addr::new(168, 63, 129, 16);
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        // Version 4 inside: mapped, translated (NAT64), 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Only what is handed out to hosts, and of that neither documentation nor tunnels.
        [first, ..] if first & 0xe000 != 0x2000 => false,
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x3fff, ..] => false,
        _ => true,
    }
}

#[cfg(test)]
#[path = "http_web_tests.rs"]
mod tests;
