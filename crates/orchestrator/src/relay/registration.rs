//! Asking the local cloud to lead guests to our sockets.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use axum::body::Body;
use clawlets_model::Secret;
use http_body_util::{BodyExt, Limited};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use thiserror::Error;
use tokio::net::TcpStream;
use url::Url;

/// How long the local cloud may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of its answer is read, in bytes.
const MAX_ANSWER: usize = 16 * 1024;

/// What a guest finds at one port of its relay address: the connection ends at the unix socket `path`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Registration {
    /// Which servers, by their labels.
    pub(crate) selector: String,
    /// The port that guests see.
    pub(crate) port: u16,
    /// Our socket.
    pub(crate) path: PathBuf,
}

/// Why guests cannot reach us.
#[derive(Debug, Error)]
pub(crate) enum RegistrationError {
    /// The local cloud's endpoint is not a plain `http` URL with a port on this machine.
    #[error("the local cloud's endpoint {0} is not an http URL")]
    Endpoint(Url),
    /// It cannot be reached.
    #[error("failed to reach the local cloud at {endpoint}")]
    Unreachable {
        /// Its endpoint.
        endpoint: Url,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The connection broke.
    #[error("failed to register a relay with the local cloud")]
    Broken(#[source] hyper::Error),
    /// It did not answer in time.
    #[error("the local cloud did not answer within {} s", PATIENCE.as_secs())]
    TooSlow,
    /// It said no.
    #[error("the local cloud refused to register a relay to {}: {status} {message}", path.display())]
    Refused {
        /// Our socket.
        path: PathBuf,
        /// The HTTP status.
        status: u16,
        /// What it said, shortened.
        message: String,
    },
}

impl Registration {
    /// A relay for every server that `selector` selects, from `port` to the socket `path`.
    #[must_use]
    pub(crate) fn new(selector: &str, port: u16, path: &Path) -> Self {
        Self { selector: selector.to_owned(), port, path: path.to_owned() }
    }

    /// Registers the relay with the local cloud behind `endpoint`. Registering the same one again changes nothing.
    ///
    /// # Errors
    /// [`RegistrationError`].
    pub(crate) async fn send(&self, endpoint: &Url, token: &Secret<String>) -> Result<(), RegistrationError> {
        tokio::time::timeout(PATIENCE, self.post(endpoint, token))
            .await
            .unwrap_or(Err(RegistrationError::TooSlow))
    }

    async fn post(&self, endpoint: &Url, token: &Secret<String>) -> Result<(), RegistrationError> {
        let unusable = || RegistrationError::Endpoint(endpoint.clone());
        let host = endpoint.host_str().filter(|_| endpoint.scheme() == "http").ok_or_else(unusable)?;
        let port = endpoint.port_or_known_default().ok_or_else(unusable)?;
        let body = serde_json::to_string(self).map_err(|_| unusable())?;
        let request = Request::post("/_local/relays")
            .header(header::HOST, format!("{host}:{port}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", token.expose()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .map_err(|_| unusable())?;
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await;
        let stream =
            stream.map_err(|source| RegistrationError::Unreachable { endpoint: endpoint.clone(), source })?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(RegistrationError::Broken)?;
        let driver = tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(RegistrationError::Broken);
        let outcome = match answer {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => {
                let status = response.status().as_u16();
                let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
                let bytes = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
                let message = String::from_utf8_lossy(&bytes).chars().take(200).collect();
                Err(RegistrationError::Refused { path: self.path.clone(), status, message })
            }
            Err(error) => Err(error),
        };
        driver.abort();
        outcome
    }
}
