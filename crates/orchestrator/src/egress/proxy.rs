//! Accepting guests, and deciding about each destination.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::body::Body;
use clawlets_model::JobId;
use hyper::{
    Method, Request, Response, StatusCode, body::Incoming, header, server::conn::http1, service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{UnixListener, UnixStream};

use super::{allow_list::AllowList, connect::tunnel, forward::forward, resolve};
use crate::{
    http::Drain,
    relay::{Seat, Seats, read_header},
};

/// How many connections one guest may hold open.
const CONNECTIONS: usize = 64;
/// How long a guest may take to say where it wants to go.
const HEAD: Duration = Duration::from_secs(15);

/// Which guests may leave at all.
#[async_trait]
pub(crate) trait Guests: Send + Sync {
    /// The job of a server whose work has begun and is not over; none for any other server.
    async fn job_at_work(&self, server_id: u64) -> Option<JobId>;
}

/// What the proxy decides by.
pub(crate) struct Proxy {
    allow: AllowList,
    guests: Arc<dyn Guests>,
    seats: Seats<u64>,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxy").field("allow", &self.allow).finish_non_exhaustive()
    }
}

impl Proxy {
    /// A proxy to the destinations on a list.
    #[must_use]
    pub(crate) fn new(allow: AllowList, guests: Arc<dyn Guests>) -> Self {
        Self { allow, guests, seats: Seats::new(CONNECTIONS) }
    }
}

/// Serves guests on the relay's socket until the daemon stops.
pub(crate) async fn serve(listener: UnixListener, proxy: Arc<Proxy>, drain: Drain) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = drain.stopping().cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let (proxy, stop) = (Arc::clone(&proxy), drain.stopping().clone());
                drain.spawn(async move {
                    tokio::select! {
                        () = guest(stream, proxy) => {}
                        // A tunnel has no request that could be finished, so it is cut.
                        () = stop.cancelled() => {}
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a guest's way out");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn guest(mut stream: UnixStream, proxy: Arc<Proxy>) {
    let server_id = match read_header(&mut stream).await {
        Ok(server_id) => server_id,
        Err(error) => {
            tracing::warn!(%error, "a connection to the egress proxy came from no relay");
            return;
        }
    };
    let Some(seat) = proxy.seats.take(server_id).map(Arc::new) else {
        tracing::warn!(server_id, "a guest has too many connections to the egress proxy");
        return;
    };
    let service = service_fn(move |request| {
        let (proxy, seat) = (Arc::clone(&proxy), Arc::clone(&seat));
        async move { Ok::<_, Infallible>(answer(request, server_id, &proxy, seat).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(32 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = pin!(connection).await {
        tracing::debug!(%error, server_id, "a guest's connection to the egress proxy ended early");
    }
}

async fn answer(
    request: Request<Incoming>,
    server_id: u64,
    proxy: &Proxy,
    seat: Arc<Seat<u64>>,
) -> Response<Body> {
    let Some((host, port)) = destination(&request) else {
        return plain(
            StatusCode::BAD_REQUEST,
            "expected CONNECT host:port, or a request for a whole http URL\n",
        );
    };
    let job = proxy.guests.job_at_work(server_id).await;
    let job_id = job.map(|job| job.to_string());
    let allowed = job.is_some() && proxy.allow.allows(&host, port);
    tracing::info!(server_id, job_id, host, port, allowed, "egress");
    metrics::counter!("clf_egress_requests_total", "allowed" => if allowed { "true" } else { "false" })
        .increment(1);
    if !allowed {
        return plain(StatusCode::FORBIDDEN, "this destination is not on the egress allow-list\n");
    }
    let outside = match resolve::connect(&host, port).await {
        Ok(outside) => outside,
        Err(error) => {
            tracing::info!(server_id, host, port, %error, "an allowed destination cannot be reached");
            return plain(StatusCode::BAD_GATEWAY, "the destination cannot be reached\n");
        }
    };
    if request.method() == Method::CONNECT {
        let upgrade = hyper::upgrade::on(request);
        tokio::spawn(async move {
            tunnel(upgrade, outside).await;
            // The tunnel outlives the connection that asked for it, and keeps its seat.
            drop(seat);
        });
        return Response::new(Body::empty());
    }
    match forward(request, outside).await {
        Ok(response) => response,
        Err(error) => {
            tracing::info!(server_id, host, port, %error, "an allowed destination did not answer");
            plain(StatusCode::BAD_GATEWAY, "the destination did not answer\n")
        }
    }
}

/// Where a request wants to go.
fn destination<B>(request: &Request<B>) -> Option<(String, u16)> {
    let uri = request.uri();
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let host = authority.host().to_owned();
    if request.method() == Method::CONNECT {
        return Some((host, authority.port_u16()?));
    }
    (uri.scheme_str() == Some("http")).then(|| (host, authority.port_u16().unwrap_or(80)))
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_where_it_wants_to_go() {
        let cases = [
            ("CONNECT", "api.example.com:443", Some(("api.example.com", 443))),
            ("CONNECT", "[2001:db8::1]:8443", Some(("[2001:db8::1]", 8443))),
            ("GET", "http://127.0.0.1:8080/v1?x=1", Some(("127.0.0.1", 8080))),
            ("GET", "http://example.com/", Some(("example.com", 80))),
            ("GET", "https://example.com/", None),
            ("GET", "/etc/passwd", None),
            ("CONNECT", "example.com", None),
            ("GET", "http://user@example.com/", None),
        ];
        for (method, uri, expected) in cases {
            let request = Request::builder().method(method).uri(uri).body(()).unwrap();
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(destination(&request), expected, "{method} {uri}");
        }
    }
}
