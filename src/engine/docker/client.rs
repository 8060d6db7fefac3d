//! One HTTP client for everything: bollard's calls and those made here by hand.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bollard::{BollardRequest, ClientVersion};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use http::header::{CONNECTION, CONTENT_TYPE, HeaderMap, UPGRADE};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};

use super::connector::Connector;
use super::errors::Fault;
use super::version::ApiVersion;

/// bollard's own type of body, which it does not export by name.
type Body = Either<Full<Bytes>, StreamBody<BodyFrames>>;
type BodyFrames = Pin<Box<dyn Stream<Item = std::io::Result<Frame<Bytes>>> + Send>>;

/// bollard's timeout counts whole seconds, ends at the response headers, and turns 500 ms into "at once"
/// (0.21.1). The port knows no time: it is set so far off (a hundred years) that it never comes.
const NEVER: u64 = 100 * 365 * 24 * 3600;

/// The most of an answer that is read whole; a list of ten thousand containers takes about 20 MB.
const LARGEST_ANSWER: usize = 256 * 1024 * 1024;
/// The most of a refusal that is read.
const LARGEST_REFUSAL: usize = 64 * 1024;

/// The HTTP client of one engine, with bollard on top of it.
#[derive(Clone)]
pub(super) struct Http {
    client: Client<Connector, Body>,
    version: Option<ApiVersion>,
}

impl Http {
    /// Not connected yet: connections are opened as they are needed and kept, four at most, while idle.
    pub(super) fn new(connector: Connector) -> Self {
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(4).build(connector);
        Self { client, version: None }
    }

    /// The same client speaking this version.
    pub(super) fn with_version(self, version: ApiVersion) -> Self {
        Self { version: Some(version), ..self }
    }

    /// bollard on this client.
    pub(super) fn bollard(&self) -> Result<bollard::Docker, Fault> {
        let http = self.clone();
        let transport = move |request: BollardRequest| {
            let http = http.clone();
            async move { http.send(request).await.map_err(bollard::errors::Error::from) }
        };
        let newest = ClientVersion { major_version: 1, minor_version: 53 };
        Ok(bollard::Docker::connect_with_custom_transport(transport, Some("http://engine"), NEVER, &newest)?)
    }

    async fn send(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, hyper_util::client::legacy::Error> {
        if let Some(version) = self.version {
            *request.uri_mut() = version.in_uri(std::mem::take(request.uri_mut()));
        }
        self.client.request(request).await
    }

    /// Sends a request and waits for the beginning of a good answer.
    pub(super) async fn ask(&self, asked: Ask<'_>) -> Result<Response<Incoming>, Fault> {
        let response = self.send(asked.into_request()?).await?;
        let status = response.status();
        if status.is_success()
            || status == StatusCode::SWITCHING_PROTOCOLS
            || status == StatusCode::NOT_MODIFIED
        {
            return Ok(response);
        }
        let body = Limited::new(response.into_body(), LARGEST_REFUSAL).collect().await;
        // A refusal whose text cannot be read is still that refusal.
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Err(Fault::answer(status.as_u16(), &body))
    }

    /// A whole JSON answer.
    pub(super) async fn ask_json<T: DeserializeOwned>(&self, asked: Ask<'_>) -> Result<T, Fault> {
        let response = self.ask(asked).await?;
        let body = Limited::new(response.into_body(), LARGEST_ANSWER).collect().await.map_err(Fault::Body)?;
        serde_json::from_slice(&body.to_bytes()).map_err(|error| Fault::Unreadable(error.into()))
    }

    /// An answer that is read as it comes.
    pub(super) async fn ask_stream(
        &self,
        asked: Ask<'_>,
    ) -> Result<impl Stream<Item = Result<Bytes, Fault>> + Send + use<>, Fault> {
        let response = self.ask(asked).await?;
        Ok(response.into_body().into_data_stream().map_err(Fault::from))
    }

    /// A request whose connection becomes a plain stream in both directions.
    pub(super) async fn ask_upgrade(
        &self,
        asked: Ask<'_>,
    ) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<>, Fault> {
        let response = self.ask(asked.upgrade()).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(Fault::Unreadable(
                format!("answered {} where 101 was due: something between here and the engine does not pass streams", response.status()).into(),
            ));
        }
        Ok(TokioIo::new(hyper::upgrade::on(response).await?))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("version", &self.version).finish_non_exhaustive()
    }
}

/// A request made by hand.
pub(super) struct Ask<'a> {
    method: Method,
    path: &'a str,
    query: Result<String, Fault>,
    headers: HeaderMap,
    body: Result<Body, Fault>,
}

impl<'a> Ask<'a> {
    pub(super) fn get(path: &'a str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn post(path: &'a str) -> Self {
        Self::new(Method::POST, path)
    }

    fn new(method: Method, path: &'a str) -> Self {
        let body = Ok(Either::Left(Full::new(Bytes::new())));
        Self { method, path, query: Ok(String::new()), headers: HeaderMap::new(), body }
    }

    pub(super) fn query(mut self, pairs: &[(&str, &str)]) -> Self {
        self.query = serde_urlencoded::to_string(pairs).map_err(|error| Fault::Request(error.into()));
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: http::HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        self.headers.insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        self.body = match serde_json::to_vec(body) {
            Ok(body) => Ok(Either::Left(Full::new(body.into()))),
            Err(error) => Err(Fault::Request(error.into())),
        };
        self
    }

    fn upgrade(mut self) -> Self {
        self.headers.insert(CONNECTION, http::HeaderValue::from_static("Upgrade"));
        self.headers.insert(UPGRADE, http::HeaderValue::from_static("tcp"));
        self
    }

    fn into_request(self) -> Result<Request<Body>, Fault> {
        let query = self.query?;
        let mark = if query.is_empty() { "" } else { "?" };
        let mut request = Request::builder()
            .method(self.method)
            .uri(format!("http://engine{}{mark}{query}", self.path))
            .body(self.body?)
            .map_err(|error| Fault::Request(error.into()))?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

/// A body for bollard made from a stream.
pub(super) fn streamed(
    chunks: impl Stream<Item = Result<Bytes, crate::engine::EngineError>> + Send + 'static,
) -> Body {
    let frames = chunks.map(|chunk| chunk.map(Frame::data).map_err(std::io::Error::other));
    let frames: BodyFrames = Box::pin(frames);
    Either::Right(StreamBody::new(frames))
}

/// A stream whose beginning must first be waited for, as one stream.
pub(super) fn flattened<T, S>(
    opening: impl Future<Output = Result<S, crate::engine::EngineError>> + Send + 'static,
) -> crate::engine::ResultStream<T>
where
    S: Stream<Item = Result<T, crate::engine::EngineError>> + Send + 'static,
    T: Send + 'static,
{
    Box::pin(futures_util::stream::once(opening).try_flatten())
}
