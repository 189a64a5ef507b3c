//! Requests of our own to a running daemon.

use std::path::Path;

use http::{Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::endpoint::Endpoint;
use crate::error::Error;

/// The longest answer that is read.
const MAX_ANSWER: usize = 1 << 20;

/// Registers the system image that `manifest` (an `image.json`) describes. Returns the image's id.
///
/// A daemon registers the image in its cache when it starts; this is for one that runs already.
///
/// # Errors
/// [`Error::Refused`] when the daemon cannot be reached or does not accept the image.
pub async fn register_image(endpoint: &Endpoint, manifest: &Path) -> Result<u64, Error> {
    let manifest = std::path::absolute(manifest).map_err(Error::file("find", manifest))?;
    let answer = post(endpoint, "/_local/images", &json!({ "manifest": manifest })).await;
    let refused = |reason: String| Error::Refused { endpoint: endpoint.endpoint.clone(), reason };
    let answer = answer.map_err(&refused)?;
    answer["image"]["id"].as_u64().ok_or_else(|| refused("the answer names no image".to_owned()))
}

/// Changes how many guests a running daemon keeps ready, until it ends.
///
/// # Errors
/// [`Error::Refused`] when the daemon cannot be reached.
pub async fn resize_pool(endpoint: &Endpoint, size: usize) -> Result<(), Error> {
    let answer = post(endpoint, "/_local/pool", &json!({ "size": size })).await;
    answer.map(drop).map_err(|reason| Error::Refused { endpoint: endpoint.endpoint.clone(), reason })
}

async fn post(endpoint: &Endpoint, path: &str, body: &Value) -> Result<Value, String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let address = endpoint.address().ok_or("it is not an address on this machine")?;
    let stream = TcpStream::connect(address).await.map_err(|error| text(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| text(&error))?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, address.to_string())
        .header(header::AUTHORIZATION, format!("Bearer {}", endpoint.token.expose()))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body.to_string())))
        .map_err(|error| text(&error))?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(|error| text(&error))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER)
            .collect()
            .await
            .map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_slice(&body.to_bytes()).map_err(|error| text(&error))?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(answer["error"]["message"].as_str().map_or_else(|| status.to_string(), str::to_owned))
        }
    };
    tokio::select! {
        answer = exchange => answer,
        Err(error) = connection => Err(text(&error)),
    }
}
