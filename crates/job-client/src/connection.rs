//! One request on a connection of its own.

use std::{io, path::Path, time::Duration};

use http::{Request, Response};
use http_body_util::Full;
use hyper::{
    body::{Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::UnixStream,
    time::{Instant, sleep, timeout},
};

use crate::ClientError;

/// How long it may take until the orchestrator accepts a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The pause before a full queue of waiting connections is tried again.
const QUEUE_PAUSE: Duration = Duration::from_millis(10);

/// Sends a request and waits for the head of the answer, `within` a time.
pub(crate) async fn send(
    socket: &Path,
    request: Request<Full<Bytes>>,
    within: Duration,
) -> Result<Response<Incoming>, ClientError> {
    let stream = connect(socket).await?;
    let lost = |source| ClientError::Lost { path: socket.to_owned(), source: Some(source) };
    let exchange = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
        // It ends by itself as soon as the answer has been read or dropped.
        tokio::spawn(connection);
        sender
            .send_request(request)
            .await
            .map_err(|source| if source.is_parse() { not_http(socket, &source) } else { lost(source) })
    };
    let silent = |_| ClientError::Silent { path: socket.to_owned(), within };
    timeout(within, exchange).await.map_err(silent)?
}

fn not_http(socket: &Path, error: &hyper::Error) -> ClientError {
    ClientError::Protocol { path: socket.to_owned(), what: error.to_string() }
}

async fn connect(socket: &Path) -> Result<UnixStream, ClientError> {
    let deadline = Instant::now() + CONNECT;
    loop {
        match UnixStream::connect(socket).await {
            Ok(stream) => return Ok(stream),
            // More callers wait than the kernel's queue holds.
            Err(source) if source.kind() == io::ErrorKind::WouldBlock && Instant::now() < deadline => {
                sleep(QUEUE_PAUSE).await;
            }
            Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
                return Err(ClientError::Denied { path: socket.to_owned(), source });
            }
            Err(source) => return Err(ClientError::Unreachable { path: socket.to_owned(), source }),
        }
    }
}
