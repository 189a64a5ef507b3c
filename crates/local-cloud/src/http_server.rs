//! HTTP connections of one listener, bounded in number and in how long a client may take to ask.
//!
//! A service that answers with an error closes the connection without a word, which is what a broken network looks
//! like from the other side.

use std::{future::Future, sync::Arc, time::Duration};

use axum::body::Body;
use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, pin, select, sync::Semaphore, time};
use tower::{BoxError, Service};

/// How long a client may take to send the head of its request, or to stay silent between two.
const HEAD_DEADLINE: Duration = Duration::from_secs(120);
/// How long requests under way may take once the server stops.
const DRAIN_DEADLINE: Duration = Duration::from_secs(5);
/// How long to wait when a connection cannot be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections are served at a time; more wait to be accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimit(pub(crate) usize);

/// Serves connections until `stop` is done, then lets requests under way end.
pub(crate) async fn serve_connections<S>(
    listener: TcpListener,
    service: S,
    limit: ConnectionLimit,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response<Body>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    let free = Arc::new(Semaphore::new(limit.0));
    let open = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_DEADLINE);
    pin!(stop);
    loop {
        let accept = async {
            let permit = Arc::clone(&free).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = select! {
            accepted = accept => accepted,
            () = &mut stop => break,
        };
        let Ok((stream, _)) = accepted else {
            time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(service.clone());
        let connection = open.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Whatever went wrong with it, the client knows.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    let _ = time::timeout(DRAIN_DEADLINE, open.shutdown()).await;
}
