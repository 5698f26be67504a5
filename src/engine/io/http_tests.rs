#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn env(vars: &[(&str, &str)]) -> Env {
    Env::new(vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
}

fn key(vars: &[(&str, &str)]) -> HttpKey {
    HttpKey::from_env(&env(vars)).unwrap()
}

fn fault(vars: &[(&str, &str)]) -> String {
    let error = HttpKey::from_env(&env(vars)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidOption);
    error.message
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// A certificate authority and a certificate for `localhost` made by it, as PEM.
struct Certificates {
    ca: String,
    cert: String,
    cert_key: String,
}

fn certificates_for_tests() -> Certificates {
    let ca_key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = rcgen::Issuer::new(params, ca_key);
    let cert_key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.extended_key_usages =
        vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth, rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let cert = params.signed_by(&cert_key, &issuer).unwrap();
    Certificates { ca: ca.pem(), cert: cert.pem(), cert_key: cert_key.serialize_pem() }
}

fn file(dir: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn proxies_are_read_row_531() {
    let read = |vars: &[(&str, &str)]| {
        let key = key(vars);
        let text = |url: Option<Url>| url.map(|url| url.to_string());
        (text(key.https_proxy), text(key.http_proxy), key.no_proxy)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(read(&[]), (None, None, String::new()));
    assert_eq!(
        read(&[("HTTPS_PROXY", "http://s:1"), ("HTTP_PROXY", "p:2"), ("NO_PROXY", "a, b\tc,,")]),
        (some("http://s:1/"), some("http://p:2/"), "a,b,c".to_owned())
    );
    assert_eq!(
        read(&[("HTTPS_PROXY", "http://upper"), ("https_proxy", "http://lower")]).0,
        some("http://lower/")
    );
    assert_eq!(read(&[("http_proxy", "http://p")]), (some("http://p/"), some("http://p/"), String::new()));
    assert_eq!(read(&[("no_proxy", "x"), ("NO_PROXY", "y")]).2, "x");
}

#[test]
fn bad_proxies_are_named_without_their_passwords_row_531() {
    for value in ["socks5://u:hunter2@h", "http://", "http://u:hunter2@h:99999"] {
        for name in ["HTTPS_PROXY", "http_proxy"] {
            let text = fault(&[(name, value)]);
            assert!(text.starts_with(name) && !text.contains("hunter2"), "{text}");
        }
    }
}

#[test]
fn certificate_files_are_read_row_531() {
    let made = certificates_for_tests();
    let dir = tempfile::tempdir().unwrap();
    let (ca, cert, cert_key) =
        (file(&dir, "ca", &made.ca), file(&dir, "cert", &made.cert), file(&dir, "key", &made.cert_key));
    let two = file(&dir, "two", &format!("# roots\n{}{}", made.ca, made.cert));
    let empty = file(&dir, "empty", "");
    let locked = file(
        &dir,
        "locked",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );

    assert_eq!(key(&[("NODE_EXTRA_CA_CERTS", &two)]).extra_roots.len(), 2);
    let identity = [("CLAUDE_CODE_CLIENT_CERT", cert.as_str()), ("CLAUDE_CODE_CLIENT_KEY", &cert_key)];
    assert_eq!(key(&identity).identity.unwrap().chain.len(), 1);
    tls_config(&key(&[("NODE_EXTRA_CA_CERTS", &ca), identity[0], identity[1]])).unwrap();

    let missing = dir.path().join("missing").to_str().unwrap().to_owned();
    for (vars, part) in [
        (vec![("NODE_EXTRA_CA_CERTS", missing.as_str())], "cannot be read"),
        (vec![("NODE_EXTRA_CA_CERTS", &empty)], "no PEM certificate"),
        (vec![("CLAUDE_CODE_CLIENT_CERT", &cert)], "CLAUDE_CODE_CLIENT_KEY is not"),
        (vec![("CLAUDE_CODE_CLIENT_KEY", &cert_key)], "CLAUDE_CODE_CLIENT_CERT is not"),
        (vec![identity[0], ("CLAUDE_CODE_CLIENT_KEY", &empty)], "no PEM private key"),
        (vec![identity[0], ("CLAUDE_CODE_CLIENT_KEY", &locked)], "encrypted key"),
    ] {
        let text = fault(&vars);
        assert!(text.starts_with(vars.last().unwrap().0) && text.contains(part), "{text}");
    }
    let other = file(&dir, "other", &certificates_for_tests().cert_key);
    let mixed = key(&[identity[0], ("CLAUDE_CODE_CLIENT_KEY", &other)]);
    let error = tls_config(&mixed).unwrap_err();
    assert!(error.message.starts_with("CLAUDE_CODE_CLIENT_CERT"), "{}", error.message);
}

#[tokio::test]
async fn debug_shows_no_secret() {
    let made = certificates_for_tests();
    let dir = tempfile::tempdir().unwrap();
    let (cert, cert_key) = (file(&dir, "cert", &made.cert), file(&dir, "key", &made.cert_key));
    let key = key(&[
        ("HTTPS_PROXY", "http://u:hunter2@h"),
        ("CLAUDE_CODE_CLIENT_CERT", &cert),
        ("CLAUDE_CODE_CLIENT_KEY", &cert_key),
    ]);
    let pools = HttpPools::default();
    let lease = pools.lease(&key, &url("http://x")).await.unwrap();
    let shown = format!("{key:?} {pools:?} {lease:?}");
    assert!(shown.contains("http://h"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("PRIVATE"), "{shown}");
}

#[test]
fn the_user_agent_is_ours_row_532() {
    let ours = concat!("native-agent-sdk/", env!("CARGO_PKG_VERSION"));
    let agent = |app| user_agent(&env(&[("CLAUDE_AGENT_SDK_CLIENT_APP", app)]));
    assert_eq!(user_agent(&Env::default()).unwrap(), ours);
    assert_eq!(agent(" ").unwrap(), ours);
    assert_eq!(agent("my-app/1.2").unwrap(), format!("{ours} (client-app/my-app/1.2)"));
    assert_eq!(agent("é").unwrap_err().kind, ErrorKind::InvalidOption);
}

#[tokio::test]
async fn clients_are_shared_by_equal_settings_and_by_nothing_else() {
    let pools = HttpPools::default();
    let plain = url("http://x");
    let count = || pools.pools.lock().unwrap().len();
    for vars in
        [vec![], vec![("HTTP_PROXY", "http://p")], vec![("HTTP_PROXY", "http://p"), ("NO_PROXY", "x")]]
    {
        let before = count();
        for _ in 0..3 {
            pools.lease(&key(&vars), &plain).await.unwrap();
        }
        assert_eq!(count(), before + 1);
    }
    // TLS settings are made for https only.
    let made =
        |pools: &HttpPools| pools.pools.lock().unwrap().values().filter(|p| p.tls.initialized()).count();
    assert_eq!(made(&pools), 0);
    pools.lease(&HttpKey::default(), &url("https://x")).await.unwrap();
    assert_eq!(made(&pools), 1);
}

#[tokio::test]
async fn a_full_connection_gets_a_sister() {
    let pools = HttpPools::default();
    let key = HttpKey::default();
    let (tls, plain) = (url("https://x"), url("http://x"));
    let shards = |tls: bool| pools.pool(&key, tls).shards.lock().unwrap().len();
    let mut leases = Vec::new();
    for _ in 0..300 {
        leases.push(pools.lease(&key, &tls).await.unwrap());
        leases.push(pools.lease(&key, &plain).await.unwrap());
    }
    assert_eq!((shards(true), shards(false)), (4, 1));
    assert_eq!(pools.pool(&key, true).in_flight(), 300);
    drop(leases);
    assert_eq!(pools.pool(&key, true).in_flight(), 0);
    pools.lease(&key, &tls).await.unwrap();
    assert_eq!(shards(true), 4);
}

#[tokio::test]
async fn unused_pools_are_dropped() {
    let pools = HttpPools::default();
    let plain = url("http://x");
    let busy_key = key(&[("HTTP_PROXY", "http://busy")]);
    let busy = pools.lease(&busy_key, &plain).await.unwrap();
    for n in 0..MOST_POOLS * 2 {
        pools.lease(&key(&[("HTTP_PROXY", &format!("http://p{n}"))]), &plain).await.unwrap();
    }
    let kept = pools.pools.lock().unwrap();
    assert!(kept.len() <= MOST_POOLS && kept.contains_key(&(busy_key, false)));
    drop(busy);
}

#[tokio::test]
async fn a_proxy_is_asked_unless_the_host_is_excepted_row_531() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = proxy.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move {
        let mut heads = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = proxy.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            heads.push(String::from_utf8(head).unwrap());
            let answer = b"HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        }
        heads
    });
    let pools = HttpPools::default();
    let proxied = format!("http://u:p@{address}");
    let key = key(&[("HTTP_PROXY", &proxied), ("NO_PROXY", "localhost")]);
    let get = async |text: &str| {
        let lease = pools.lease(&key, &url(text)).await.unwrap();
        lease.client().get(text).send().await
    };
    assert_eq!(get("http://example.test/path").await.unwrap().status(), 503);
    assert!(get("https://example.test/path").await.is_err());
    assert!(get("http://localhost:1/").await.unwrap_err().is_connect());
    let heads = task.await.unwrap();
    assert!(heads[0].starts_with("GET http://example.test/path HTTP/1.1\r\n"), "{}", heads[0]);
    assert!(heads[1].starts_with("CONNECT example.test:443 HTTP/1.1\r\n"), "{}", heads[1]);
    for head in heads {
        assert!(head.to_lowercase().contains("proxy-authorization: basic dtpw"), "{head}");
    }
}

#[tokio::test]
async fn tls_trusts_the_extra_roots_offers_http2_and_shows_its_certificate_row_531() {
    let made = certificates_for_tests();
    let dir = tempfile::tempdir().unwrap();
    let (ca, cert, cert_key) =
        (file(&dir, "ca", &made.ca), file(&dir, "cert", &made.cert), file(&dir, "key", &made.cert_key));

    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(made.ca.as_bytes()).unwrap()).unwrap();
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .unwrap();
    let mut config = rustls::ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(made.cert.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(made.cert_key.as_bytes()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let mut seen = Vec::new();
        for _ in 0..3 {
            let (stream, _) = listener.accept().await.unwrap();
            let accepted = acceptor.accept(stream).await.ok();
            seen.push(accepted.map(|stream| {
                let (_, session) = stream.get_ref();
                (session.alpn_protocol().unwrap().to_vec(), session.peer_certificates().unwrap().len())
            }));
        }
        seen
    });

    let pools = HttpPools::default();
    let target = url(&format!("https://localhost:{port}/"));
    let get = async |vars: &[(&str, &str)]| {
        let lease = pools.lease(&key(vars), &target).await.unwrap();
        lease.client().get(target.clone()).send().await.unwrap_err()
    };
    let root = ("NODE_EXTRA_CA_CERTS", ca.as_str());
    let identity =
        [("CLAUDE_CODE_CLIENT_CERT", cert.as_str()), ("CLAUDE_CODE_CLIENT_KEY", cert_key.as_str())];
    let stranger = get(&[]).await;
    assert!(is_tls(&stranger), "{stranger:?}");
    assert!(describe(&stranger).contains("certificate"), "{}", describe(&stranger));
    let anonymous = get(&[root]).await;
    assert!(is_tls(&anonymous), "{anonymous:?}");
    // The server closes after the handshake: what is looked at is the handshake.
    let closed = get(&[root, identity[0], identity[1]]).await;
    assert!(!is_tls(&closed), "{closed:?}");
    assert_eq!(task.await.unwrap(), [None, None, Some((b"h2".to_vec(), 1))]);
}

/// A server for HTTP/2 over TLS that allows 100 streams a connection and answers when 300 requests have arrived.
#[cfg(feature = "scripted")]
async fn serve_300(made: &Certificates) -> u16 {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    let mut config = rustls::ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(made.cert.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(made.cert_key.as_bytes()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let all = Arc::new(tokio::sync::Barrier::new(300));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, all) = (acceptor.clone(), Arc::clone(&all));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = hyper::service::service_fn(move |_| {
                    let all = Arc::clone(&all);
                    async move {
                        all.wait().await;
                        Ok::<_, std::convert::Infallible>(hyper::Response::new(http_body_util::Empty::<
                            bytes::Bytes,
                        >::new(
                        )))
                    }
                });
                let mut server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                let _ =
                    server.max_concurrent_streams(100).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    port
}

#[cfg(feature = "scripted")]
#[tokio::test]
async fn three_hundred_streams_progress_at_a_limit_of_one_hundred() {
    let made = certificates_for_tests();
    let dir = tempfile::tempdir().unwrap();
    let ca = file(&dir, "ca", &made.ca);
    let target = url(&format!("https://localhost:{}/", serve_300(&made).await));
    let pools = HttpPools::default();
    let key = key(&[("NODE_EXTRA_CA_CERTS", &ca)]);
    let get = async || {
        let lease = pools.lease(&key, &target).await.unwrap();
        let answer = lease.client().get(target.clone()).send().await.unwrap();
        (answer.version(), answer.status().as_u16())
    };
    let answers = futures::future::join_all((0..300).map(|_| get())).await;
    assert!(answers.iter().all(|(version, status)| *version == reqwest::Version::HTTP_2 && *status == 200));
}
