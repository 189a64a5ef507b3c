//! The client: where the socket is, and the way from a request to a typed answer.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clawlets_model::{
    limits,
    socket::{ApiError, ErrorAnswer},
};
use http::{Method, Request, header};
use http_body_util::Full;
use hyper::body::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    ClientError,
    body::Body,
    connection::{self, Repeated},
    kept::Kept,
};

/// Where the orchestrator listens unless somebody says otherwise.
pub const DEFAULT_SOCKET: &str = "/run/clf/orchestrator.sock";

/// How long an answer may take that needs nothing but the orchestrator itself.
pub(crate) const QUICK: Duration = Duration::from_secs(30);
/// How long an answer may take for which the orchestrator asks the provider.
pub(crate) const PROVIDER: Duration = Duration::from_secs(120);
/// The largest answer that is read as a whole: 500 jobs, or the history of one, with room to spare.
const ANSWER: usize = 16 * 1024 * 1024;

/// A client of the orchestrator's socket. Clones share the connection that is kept between calls; calls at the same
/// time have one each.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
    kept: Kept,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versioned {
    protocol_version: u32,
}

impl Client {
    /// A client of the orchestrator that listens on `socket`. Nothing is opened before the first call.
    #[must_use]
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self { socket: socket.into(), kept: Kept::default() }
    }

    /// The socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// A request without a body.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        within: Duration,
    ) -> Result<T, ClientError> {
        self.typed(self.send(method, path, within).await?).await
    }

    /// A request with a JSON body.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        request: &impl Serialize,
        repeated: Repeated,
        within: Duration,
    ) -> Result<T, ClientError> {
        let body = serde_json::to_vec(request).expect("requests have only text keys");
        if body.len() > limits::REQUEST_BODY {
            return Err(ClientError::TooLarge { size: body.len(), most: limits::REQUEST_BODY });
        }
        self.typed(self.send_body(Method::POST, path, Bytes::from(body), repeated, within).await?).await
    }

    /// Sends a request without a body; the body of a good answer, the error of another.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        within: Duration,
    ) -> Result<Body, ClientError> {
        let repeated = if method.is_safe() { Repeated::Harmless } else { Repeated::Harmful };
        self.send_body(method, path, Bytes::new(), repeated, within).await
    }

    async fn send_body(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        repeated: Repeated,
        within: Duration,
    ) -> Result<Body, ClientError> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request =
            request.body(Full::new(body)).expect("escaped paths and fixed headers make a valid request");
        let (response, loan) = connection::send(&self.kept, &self.socket, request, repeated, within).await?;
        let status = response.status();
        let body = Body::new(self.socket.clone(), response.into_body(), loan, within);
        if status.is_success() { Ok(body) } else { Err(self.refusal(status, body).await) }
    }

    async fn refusal(&self, status: http::StatusCode, body: Body) -> ClientError {
        let bytes = match body.whole(ANSWER).await {
            Ok(bytes) => bytes,
            Err(error) => return error,
        };
        match serde_json::from_slice::<ErrorAnswer>(&bytes) {
            Ok(ErrorAnswer { error: ApiError { code, message }, .. }) => {
                ClientError::Api(ApiError { code, message })
            }
            Err(_) => self.protocol(format!("status {} without an explanation", status.as_u16())),
        }
    }

    async fn typed<T: DeserializeOwned>(&self, body: Body) -> Result<T, ClientError> {
        let bytes = body.whole(ANSWER).await?;
        let versioned: Versioned = serde_json::from_slice(&bytes).map_err(|error| self.unreadable(&error))?;
        if versioned.protocol_version != limits::PROTOCOL_VERSION {
            let (theirs, ours) = (versioned.protocol_version, limits::PROTOCOL_VERSION);
            return Err(
                self.protocol(format!("it speaks protocol version {theirs}, this program speaks {ours}"))
            );
        }
        serde_json::from_slice(&bytes).map_err(|error| self.unreadable(&error))
    }

    fn unreadable(&self, error: &serde_json::Error) -> ClientError {
        self.protocol(error.to_string())
    }

    pub(crate) fn protocol(&self, what: String) -> ClientError {
        ClientError::Protocol { path: self.socket.clone(), what }
    }
}
