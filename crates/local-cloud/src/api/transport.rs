//! Connections that break on purpose.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{Router, response::Response};
use http::Request;
use hyper::body::Incoming;
use tower::Service;

/// Marks an answer that must not be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost;

/// The connection is to be closed without an answer.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection was closed by a fault")]
pub(crate) struct ConnectionLost;

/// The API as a service whose errors close connections.
#[derive(Clone)]
pub(crate) struct Breakable(pub(super) Router);

impl Service<Request<Incoming>> for Breakable {
    type Response = Response;
    type Error = ConnectionLost;
    type Future = Pin<Box<dyn Future<Output = Result<Response, ConnectionLost>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), ConnectionLost>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let answered = Service::call(&mut self.0, request);
        Box::pin(async move {
            let response = answered.await.unwrap_or_else(|never: Infallible| match never {});
            if response.extensions().get::<Lost>().is_some() { Err(ConnectionLost) } else { Ok(response) }
        })
    }
}
