//! One request on a connection: the one that was kept, or a new one.

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

use crate::{
    ClientError,
    kept::{Kept, Loan, Sender},
};

/// How long it may take until the orchestrator accepts a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The pause before a full queue of waiting connections is tried again.
const QUEUE_PAUSE: Duration = Duration::from_millis(10);

/// What becomes of a request that reaches the orchestrator twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeated {
    /// The same as of one that reaches it once.
    Harmless,
    /// It may be done twice. So it goes on a new connection only: when one that was kept ends without an answer,
    /// nobody can tell whether the request was read before.
    Harmful,
}

/// Sends a request and waits for the head of the answer, `within` a time. The orchestrator may have closed a kept
/// connection meanwhile; a harmless request is then sent again on a new one.
pub(crate) async fn send(
    kept: &Kept,
    socket: &Path,
    request: Request<Full<Bytes>>,
    repeated: Repeated,
    within: Duration,
) -> Result<(Response<Incoming>, Loan), ClientError> {
    if repeated == Repeated::Harmless
        && let Some(sender) = kept.take()
    {
        match ask(kept, sender, socket, request.clone(), within).await {
            Err(ClientError::Lost { .. }) => {}
            settled => return settled,
        }
    }
    let stream = connect(socket).await?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|source| ClientError::Lost { path: socket.to_owned(), source: Some(source) })?;
    // It ends by itself once the sender is gone and the last answer has been read or dropped.
    tokio::spawn(connection);
    ask(kept, sender, socket, request, within).await
}

async fn ask(
    kept: &Kept,
    mut sender: Sender,
    socket: &Path,
    request: Request<Full<Bytes>>,
    within: Duration,
) -> Result<(Response<Incoming>, Loan), ClientError> {
    let exchange = async {
        sender.ready().await?;
        sender.send_request(request).await
    };
    match timeout(within, exchange).await {
        Ok(Ok(response)) => Ok((response, kept.lend(sender))),
        Ok(Err(source)) if source.is_parse() => {
            Err(ClientError::Protocol { path: socket.to_owned(), what: source.to_string() })
        }
        Ok(Err(source)) => Err(ClientError::Lost { path: socket.to_owned(), source: Some(source) }),
        Err(_elapsed) => Err(ClientError::Silent { path: socket.to_owned(), within }),
    }
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
