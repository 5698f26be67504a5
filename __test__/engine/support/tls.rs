//! TLS in front of the scripted API: a listener with a certificate of its own CA, for HTTP/2 and HTTP/1.1.

use std::net::SocketAddr;
use std::sync::Arc;

use native_agent_sdk::scripted::{ConnectionOptions, ScriptedApi};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A TLS listener that hands its connections to a scripted server; it stops when that server closes.
pub struct TlsFront {
    address: SocketAddr,
    ca_pem: String,
    ca: CertificateDer<'static>,
}

/// How the listener speaks.
pub struct TlsOptions {
    /// HTTP/2 streams that may be open on one connection at a time; none leaves the server's default.
    pub max_concurrent_streams: Option<u32>,
    /// Protocols offered by ALPN, the preferred one first.
    pub alpn: Vec<&'static str>,
}

impl Default for TlsOptions {
    fn default() -> Self {
        Self { max_concurrent_streams: None, alpn: vec!["h2", "http/1.1"] }
    }
}

impl TlsFront {
    pub async fn start(api: &ScriptedApi, options: TlsOptions) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "scripted test CA");
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();

        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &ca).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![leaf.der().clone()], key)
                .unwrap();
        config.alpn_protocols = options.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();

        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let feeder = api.feeder();
        let connection = ConnectionOptions { max_concurrent_streams: options.max_concurrent_streams };
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = feeder.closed() => return,
                    accepted = listener.accept() => accepted,
                };
                let Ok((stream, _)) = accepted else { continue };
                stream.set_nodelay(true).unwrap();
                let (acceptor, feeder) = (acceptor.clone(), feeder.clone());
                tokio::spawn(async move {
                    // A client that does not trust the CA ends the handshake: that is its test's affair.
                    if let Ok(tls) = acceptor.accept(stream).await {
                        feeder.serve_io(tls, connection).await;
                    }
                });
            }
        });
        let certificate: &rcgen::Certificate = ca.as_ref();
        Self { address, ca_pem: certificate.pem(), ca: certificate.der().clone() }
    }

    /// The base URL, `https://localhost:PORT`.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// The CA's certificate as PEM, for `NODE_EXTRA_CA_CERTS` and the like.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// A client configuration that trusts this CA and nothing else.
    pub fn client_config(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.ca.clone()).unwrap();
        client_config(roots)
    }
}

/// A client configuration that trusts these roots.
pub fn client_config(roots: RootCertStore) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
