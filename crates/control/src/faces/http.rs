//! Over HTTP, for a server that stays.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use clawlets_audit::Face;
use clawlets_model::control::ControlErrorCode;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    body::{Body, Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix,
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::task::TaskTracker;

use super::{Call, Faces};
use crate::{control::Answer, request::MAX_BODY};

/// How many connections there may be at once. Whoever comes then waits; nobody can hold one for long without asking.
const CONNECTIONS: usize = 512;
/// How long a head may take to arrive, and how long a connection may be idle.
const HEAD: Duration = Duration::from_secs(5);
/// How large a head may be, in bytes.
const LARGEST_HEAD: usize = 32 * 1024;
/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(5);
/// How long what is under way may take when the server stops.
const DRAIN: Duration = Duration::from_secs(12);
/// How long nobody is accepted after that failed: there may be room again by then.
const PAUSE: Duration = Duration::from_millis(100);

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
    let (connections, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            _ = term.recv() => break,
            _ = int.recv() => break,
        };
        match accepted {
            Ok((stream, place)) => attend(stream, place, Arc::clone(&faces), &connections),
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    // A client that keeps its connection open does not keep the server.
    let _ = tokio::time::timeout(DRAIN, async { tokio::join!(connections.shutdown(), tasks.wait()) }).await;
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.expect("nobody closes the room");
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}

/// Answers the calls of one connection, until it ends.
fn attend(stream: TcpStream, place: OwnedSemaphorePermit, faces: Arc<Faces>, connections: &GracefulShutdown) {
    let service = service_fn(move |request| {
        let faces = Arc::clone(&faces);
        async move { Ok::<_, Infallible>(response(answer(&faces, request).await)) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LARGEST_HEAD);
    let connection = connections.watch(builder.serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(place);
    });
}

async fn answer(faces: &Faces, request: Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    let Ok(body) = read(body).await else {
        return Answer::error(ControlErrorCode::Malformed, "the body did not arrive");
    };
    let path = parts.uri.path().to_owned();
    faces.answer(Call { method: parts.method, path, headers: parts.headers, body, face: Face::Http }).await
}

/// A whole body; `None` when it is larger than any request.
async fn read(body: Incoming) -> Result<Option<Vec<u8>>, ()> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Ok(None);
    }
    match tokio::time::timeout(ARRIVAL, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(collected)) => Ok(Some(collected.to_bytes().to_vec())),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Ok(None),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = answer.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
