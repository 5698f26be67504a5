//! An MCP server behind HTTP that wants a token, and the authorization server that gives it: one listener on loopback.

use base64::Engine as _;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub authorization: Option<String>,
    pub body: String,
}

/// What the server does beyond the plain way; tests change it.
#[derive(Default)]
pub struct Manner {
    /// Access tokens that it takes.
    pub valid: Vec<String>,
    /// Refresh tokens that it takes.
    pub refreshable: Vec<String>,
    /// What it issues has no refresh token.
    pub no_refresh: bool,
    /// The token endpoint answers with this.
    pub token_answer: Option<(u16, Value)>,
    /// Calls of tools want this scope.
    pub wanted_scope: Option<String>,
    /// Scopes by token.
    pub scopes: HashMap<String, String>,
    /// The path of the issuer.
    pub issuer: String,
    seen: Vec<Seen>,
    issued: usize,
    asked: Option<(String, String)>,
}

/// The listener.
pub struct Authority {
    pub origin: String,
    manner: Arc<Mutex<Manner>>,
}

impl Authority {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let manner = Arc::new(Mutex::new(Manner::default()));
        let (of, base) = (Arc::clone(&manner), origin.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (manner, base) = (Arc::clone(&of), base.clone());
                let service = service_fn(move |request| {
                    let (manner, base) = (Arc::clone(&manner), base.clone());
                    async move { Ok::<_, std::convert::Infallible>(answer(&manner, &base, request).await) }
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move {
                    // A client that goes away is its own affair.
                    let _ = connection.await;
                });
            }
        });
        Self { origin, manner }
    }

    /// The URL of the MCP server.
    pub fn url(&self) -> String {
        format!("{}/mcp", self.origin)
    }

    pub fn manner(&self) -> MutexGuard<'_, Manner> {
        self.manner.lock().unwrap()
    }

    /// Requests for a path so far.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        self.manner().seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// The user who agrees: tells where they come back to after they were shown a URL.
    pub fn user(&self) -> impl Fn(&str) -> String + Send + Sync + Clone + 'static {
        let manner = Arc::clone(&self.manner);
        move |url| agree(&manner, url)
    }
}

fn agree(manner: &Mutex<Manner>, url: &str) -> String {
    let url = Url::parse(url).unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["code_challenge_method"], "S256");
    let scope = query.get("scope").cloned().unwrap_or_default();
    manner.lock().unwrap().asked = Some((query["code_challenge"].clone(), scope));
    let mut back = Url::parse(&query["redirect_uri"]).unwrap();
    back.query_pairs_mut().append_pair("code", "secret-code").append_pair("state", &query["state"]);
    back.into()
}

async fn answer(manner: &Mutex<Manner>, base: &str, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let authorization = parts.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let path = parts.uri.path().to_owned();
    let mut manner = manner.lock().unwrap();
    manner.seen.push(Seen { path: path.clone(), authorization: authorization.clone(), body: body.clone() });
    let issuer = format!("{base}{}", manner.issuer);
    let metadata_path = format!("/.well-known/oauth-authorization-server{}", manner.issuer);
    match (parts.method.as_str(), path.as_str()) {
        ("POST", "/mcp") => mcp(&manner, base, authorization.as_deref(), &body),
        ("GET", "/.well-known/oauth-protected-resource/mcp") => {
            reply(200, &json!({ "resource": format!("{base}/mcp"), "authorization_servers": [issuer] }))
        }
        ("GET", path) if path == metadata_path => reply(
            200,
            &json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}/token"),
                "registration_endpoint": format!("{base}/register"),
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none", "client_secret_post"],
            }),
        ),
        ("POST", "/register") => {
            let mut client: Value = serde_json::from_str(&body).unwrap();
            client["client_id"] = "client-1".into();
            reply(201, &client)
        }
        ("POST", "/token") => token(&mut manner, &body),
        ("GET" | "DELETE", "/mcp") => reply(405, &json!({})),
        _ => reply(404, &json!({})),
    }
}

fn token(manner: &mut Manner, body: &str) -> Response<Full<Bytes>> {
    if let Some((status, answer)) = &manner.token_answer {
        return reply(*status, answer);
    }
    let form: HashMap<String, String> =
        Url::parse(&format!("form:?{body}")).unwrap().query_pairs().into_owned().collect();
    let refused = || reply(400, &json!({ "error": "invalid_grant", "error_description": "no longer valid" }));
    let scope = match form["grant_type"].as_str() {
        "authorization_code" => {
            let Some((challenge, scope)) = manner.asked.take() else { return refused() };
            assert_eq!(form["code"], "secret-code");
            let digest = sha256(form["code_verifier"].as_bytes());
            assert_eq!(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest), challenge);
            scope
        }
        "refresh_token" if manner.refreshable.contains(&form["refresh_token"]) => String::new(),
        _ => return refused(),
    };
    manner.issued += 1;
    let (access, refresh) =
        (format!("secret-access-{}", manner.issued), format!("secret-refresh-{}", manner.issued));
    manner.valid.push(access.clone());
    let mut answer = json!({ "access_token": access, "token_type": "bearer", "expires_in": 3600 });
    if !scope.is_empty() {
        answer["scope"] = scope.clone().into();
        manner.scopes.insert(access, scope);
    }
    if !manner.no_refresh {
        manner.refreshable.push(refresh.clone());
        answer["refresh_token"] = refresh.into();
    }
    reply(200, &answer)
}

fn mcp(manner: &Manner, base: &str, authorization: Option<&str>, body: &str) -> Response<Full<Bytes>> {
    let metadata = format!("resource_metadata=\"{base}/.well-known/oauth-protected-resource/mcp\"");
    let token = authorization.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if !manner.valid.iter().any(|valid| valid == token) {
        return challenged(401, &format!("Bearer {metadata}"));
    }
    let request: Value = serde_json::from_str(body).unwrap();
    let result = match request["method"].as_str().unwrap() {
        "initialize" => json!({
            "protocolVersion": "2025-06-18",
            "capabilities": { "tools": {} },
            "serverInfo": { "name": "guarded", "version": "1" },
        }),
        "tools/list" => json!({ "tools": [{ "name": "t", "inputSchema": { "type": "object" } }] }),
        "tools/call" => {
            if let Some(scope) = &manner.wanted_scope
                && !manner.scopes.get(token).is_some_and(|has| has.split(' ').any(|has| has == scope))
            {
                let why = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\", {metadata}");
                return challenged(403, &why);
            }
            json!({ "content": [{ "type": "text", "text": "ran" }] })
        }
        method if method.starts_with("notifications/") => return reply(202, &json!({})),
        _ => {
            let error = json!({ "code": -32601, "message": "Method not found" });
            return reply(200, &json!({ "jsonrpc": "2.0", "id": request["id"], "error": error }));
        }
    };
    reply(200, &json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }))
}

fn reply(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let body = Full::new(Bytes::from(body.to_string()));
    Response::builder().status(status).header("content-type", "application/json").body(body).unwrap()
}

fn challenged(status: u16, challenge: &str) -> Response<Full<Bytes>> {
    let mut response = reply(status, &json!({}));
    response.headers_mut().insert("www-authenticate", challenge.parse().unwrap());
    response
}

/// As the challenge is made of the verifier.
fn sha256(bytes: &[u8]) -> Vec<u8> {
    rustls::crypto::ring::default_provider()
        .cipher_suites
        .iter()
        .filter_map(rustls::SupportedCipherSuite::tls13)
        .find(|suite| suite.common.hash_provider.output_len() == 32)
        .unwrap()
        .common
        .hash_provider
        .hash(bytes)
        .as_ref()
        .to_vec()
}
