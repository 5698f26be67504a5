//! Streamable HTTP with a token: what a server refuses for want of one is authorised and sent again.

use super::oauth::Authority;
use futures::stream::BoxStream;
use reqwest::header::{HeaderName, HeaderValue};
use rmcp::model::ClientJsonRpcMessage;
use rmcp::transport::streamable_http_client::{
    StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Refusals of one request that are answered with another token.
const ATTEMPTS: usize = 4;

type Error = StreamableHttpError<reqwest::Error>;
type Events = BoxStream<'static, Result<sse_stream::Sse, sse_stream::Error>>;

/// A client whose requests are authorised.
#[derive(Clone)]
pub struct Authorized {
    http: reqwest::Client,
    authority: Arc<Authority>,
}

impl Authorized {
    /// Requests by `http`, tokens by `authority`.
    pub fn new(http: reqwest::Client, authority: Arc<Authority>) -> Self {
        Self { http, authority }
    }

    /// Sends with the token there is; with another one if that is refused.
    async fn with_token<T, F>(&self, send: impl Fn(Option<String>) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut token = self.authority.token().await;
        for _ in 1..ATTEMPTS {
            let better = match send(token.clone()).await {
                Err(StreamableHttpError::AuthRequired(why)) => {
                    let header = why.www_authenticate_header.clone();
                    let better = self.authority.renewed(token.as_deref(), &header).await;
                    better.ok_or(StreamableHttpError::AuthRequired(why))
                }
                Err(StreamableHttpError::InsufficientScope(why)) => {
                    let (header, scope) = (why.www_authenticate_header.clone(), why.required_scope.clone());
                    let better = self.authority.widened(token.as_deref(), scope.as_deref(), &header).await;
                    better.ok_or(StreamableHttpError::InsufficientScope(why))
                }
                other => return other,
            };
            token = Some(better?);
        }
        send(token).await
    }
}

impl StreamableHttpClient for Authorized {
    type Error = reqwest::Error;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        _: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Error> {
        self.with_token(|token| {
            self.http.post_message(Arc::clone(&uri), message.clone(), session.clone(), token, headers.clone())
        })
        .await
    }

    async fn post_message_with_max_sse_event_size(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        _: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
        most: usize,
    ) -> Result<StreamableHttpPostResponse, Error> {
        self.with_token(|token| {
            let (uri, message, session, headers) =
                (Arc::clone(&uri), message.clone(), session.clone(), headers.clone());
            self.http.post_message_with_max_sse_event_size(uri, message, session, token, headers, most)
        })
        .await
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session: Arc<str>,
        _: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), Error> {
        // Nobody is asked for the sake of a farewell.
        let token = self.authority.token().await;
        self.http.delete_session(uri, session, token, headers).await
    }

    async fn get_stream(
        &self,
        uri: Arc<str>,
        session: Option<Arc<str>>,
        last: Option<String>,
        _: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<Events, Error> {
        self.with_token(|token| {
            self.http.get_stream(Arc::clone(&uri), session.clone(), last.clone(), token, headers.clone())
        })
        .await
    }

    async fn get_stream_with_max_sse_event_size(
        &self,
        uri: Arc<str>,
        session: Option<Arc<str>>,
        last: Option<String>,
        _: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
        most: usize,
    ) -> Result<Events, Error> {
        self.with_token(|token| {
            let (uri, session, last, headers) =
                (Arc::clone(&uri), session.clone(), last.clone(), headers.clone());
            self.http.get_stream_with_max_sse_event_size(uri, session, last, token, headers, most)
        })
        .await
    }
}
