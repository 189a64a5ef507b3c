//! Over HTTP, for a server that stays.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use clawlets_audit::Face;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use thiserror::Error;
use tokio::{net::TcpListener, signal::unix, sync::oneshot};
use tokio_util::task::TaskTracker;

use super::{Call, Faces};
use crate::{control::Answer, request::MAX_BODY};

/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(5);
/// How long what is under way may take when the server stops.
const DRAIN: Duration = Duration::from_secs(12);

/// Why the server does not run.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("failed to listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Signals or connections cannot be waited for.
    #[error("failed to serve")]
    Serve(#[from] io::Error),
}

/// Serves until it is asked to stop by SIGTERM or SIGINT. Says where as soon as it listens. What was begun behind an answer
/// is waited for.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    address: &str,
    faces: Arc<Faces>,
    tasks: TaskTracker,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), ServeError> {
    let failed = |source| ServeError::Listen { address: address.to_owned(), source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    // Whoever is told where it listens may ask it to stop.
    let (mut term, mut int) =
        (unix::signal(unix::SignalKind::terminate())?, unix::signal(unix::SignalKind::interrupt())?);
    ready(listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let router = Router::new().fallback(answer).with_state(faces);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let serving = tokio::spawn(async move { serving.await });
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    let _ = stop.send(());
    tasks.close();
    // A client that keeps its connection open does not keep the server.
    let _ = tokio::time::timeout(DRAIN, async { tokio::join!(serving, tasks.wait()) }).await;
    Ok(())
}

async fn answer(State(faces): State<Arc<Faces>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = read(body).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let path = parts.uri.path().to_owned();
    let call = Call { method: parts.method, path, headers: parts.headers, body, face: Face::Http };
    response(faces.answer(call).await)
}

/// A whole body; `None` when it is larger than any request.
async fn read(body: Body) -> Result<Option<Vec<u8>>, ()> {
    use axum::body::HttpBody;
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Ok(None);
    }
    match tokio::time::timeout(ARRIVAL, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(collected)) => Ok(Some(collected.to_bytes().to_vec())),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Ok(None),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}

fn response(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = answer.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
