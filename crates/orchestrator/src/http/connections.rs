//! One HTTP/1.1 connection.

use std::{convert::Infallible, pin::pin, time::Duration};

use axum::{Router, body::Body};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tower::Service;

use super::drain::Drain;

/// What one connection may use up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// The time for a request's head, and the longest that a connection stays idle.
    pub(crate) head: Duration,
    /// The size of the buffer that a request's head must fit into, in bytes; at least 8192.
    pub(crate) buffer: usize,
    /// The most header lines of a request.
    pub(crate) headers: usize,
}

impl Budget {
    /// For a request's head: 30 s, 32 KiB, 64 lines.
    pub(crate) const DEFAULT: Self = Self { head: Duration::from_secs(30), buffer: 32 * 1024, headers: 64 };
}

/// Serves requests on `stream` until the other side leaves, breaks the protocol, or the daemon stops. Every request
/// carries `known` as an extension: what was learned about the connection before its first byte.
pub(crate) async fn serve_connection<S, K>(stream: S, router: Router, known: K, budget: Budget, drain: &Drain)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    K: Clone + Send + Sync + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(known.clone());
        let mut router = router.clone();
        async move {
            let response: Result<Response<Body>, Infallible> = router.call(request).await;
            response
        }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(budget.head)
        .max_buf_size(budget.buffer)
        .max_headers(budget.headers);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = drain.stopping().cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}
