//! What a spare guest talks to while it rehearses: an HTTP server that gives everything the same answer.

use std::{convert::Infallible, net::SocketAddr};

use clawlets_model::{limits, rehearsal};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinHandle};

use super::error::ShimError;

/// The server. It is reached where a relay to the real one will be.
#[derive(Debug)]
pub(super) struct Responder {
    accepting: JoinHandle<()>,
}

impl Responder {
    pub(super) async fn start() -> Result<Self, ShimError> {
        Self::listen(SocketAddr::from(([127, 0, 0, 1], limits::CATTLE_PORT)))
            .await
            .map(|(responder, _)| responder)
    }

    async fn listen(address: SocketAddr) -> Result<(Self, SocketAddr), ShimError> {
        let failed = |source| ShimError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok((Self { accepting: tokio::spawn(accept(listener)) }, address))
    }

    /// Closes the port. The last connection of a rehearsal has ended by then.
    pub(super) async fn stop(self) {
        self.accepting.abort();
        // The port is free once the task has really ended.
        let _ = self.accepting.await;
    }
}

async fn accept(listener: TcpListener) {
    // A connection that cannot be accepted makes the rehearsal fail, and with it this guest.
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(async move {
            let _ = connection.await;
        });
    }
}

async fn answer(mut request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    while let Some(Ok(_)) = request.body_mut().frame().await {}
    let mut response = Response::new(Full::new(Bytes::from_static(rehearsal::ANSWER.as_bytes())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    #[tokio::test]
    async fn every_request_is_read_to_its_end_and_gets_the_same_answer() {
        let (responder, address) = Responder::listen(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        for request in [
            "GET /v1/cattle/env HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "POST /any/thing HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        ] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(
                answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(rehearsal::ANSWER),
                "{answer}"
            );
        }
        responder.stop().await;
        assert!(TcpStream::connect(address).await.is_err());
    }
}
