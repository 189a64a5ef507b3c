//! Relays: the only ways out of a guest's network namespace.

use std::{collections::BTreeMap, io, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use clawlets_model::proxy_header;
use tokio::{
    io::{AsyncWriteExt, copy_bidirectional_with_sizes},
    net::{TcpListener, TcpStream, UnixStream},
    sync::Semaphore,
    task::JoinHandle,
    time::sleep,
};

use super::error::ShimError;
use crate::vm::spec::Relay;

/// Connections that one relay serves at a time; more wait. A guest may open as many as it likes.
const MAX_CONNECTIONS: usize = 64;
const BUFFER: usize = 16 * 1024;
/// How long to wait when a connection cannot be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The open relays of one guest.
#[derive(Debug)]
pub(super) struct Relays {
    server_id: u64,
    open: BTreeMap<Relay, JoinHandle<()>>,
}

impl Relays {
    pub(super) fn new(server_id: u64) -> Self {
        Self { server_id, open: BTreeMap::new() }
    }

    /// Opens exactly the relays in `wanted`. Connections of a relay that is closed live on.
    pub(super) async fn set(&mut self, wanted: &[Relay]) -> Result<(), ShimError> {
        let unwanted: Vec<Relay> =
            self.open.keys().filter(|relay| !wanted.contains(relay)).cloned().collect();
        for relay in unwanted {
            if let Some(listener) = self.open.remove(&relay) {
                listener.abort();
                // Its port is free once the task has really ended.
                let _ = listener.await;
            }
        }
        for relay in wanted {
            if !self.open.contains_key(relay) {
                let listener = listen(relay.port).await?;
                let task = tokio::spawn(accept(listener, relay.socket.clone().into(), self.server_id));
                self.open.insert(relay.clone(), task);
            }
        }
        Ok(())
    }
}

/// Listens on loopback in the namespace.
async fn listen(port: u16) -> Result<TcpListener, ShimError> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    TcpListener::bind(address).await.map_err(|source| ShimError::Listen { address, source })
}

async fn accept(listener: TcpListener, socket: Arc<Path>, server_id: u64) {
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, say: some connection must end first.
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let socket = Arc::clone(&socket);
        tokio::spawn(async move {
            // A broken connection is the guest's or the service's business; both have seen it end.
            let _ = forward(stream, &socket, server_id).await;
            drop(permit);
        });
    }
}

/// Carries one connection, after telling the service which guest it is from.
async fn forward(mut guest: TcpStream, socket: &Path, server_id: u64) -> io::Result<()> {
    let mut service = UnixStream::connect(socket).await?;
    service.write_all(&proxy_header::encode(server_id)).await?;
    guest.set_nodelay(true)?;
    copy_bidirectional_with_sizes(&mut guest, &mut service, BUFFER, BUFFER).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{io::AsyncReadExt, net::UnixListener};

    async fn free_port() -> u16 {
        TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn a_connection_is_carried_both_ways_behind_a_header_that_names_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("service.sock");
        let service = UnixListener::bind(&socket).unwrap();
        let port = free_port().await;
        let mut relays = Relays::new(42);
        relays.set(&[Relay { port, socket }]).await.unwrap();

        let mut guest = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        guest.write_all(b"question").await.unwrap();
        let (mut stream, _) = service.accept().await.unwrap();
        let header = proxy_header::encode(42);
        let mut received = vec![0; header.len() + 8];
        stream.read_exact(&mut received).await.unwrap();
        assert_eq!(received, [header, b"question".to_vec()].concat());
        stream.write_all(b"answer").await.unwrap();
        drop(stream);
        let mut answer = String::new();
        guest.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "answer");
    }

    #[tokio::test]
    async fn a_relay_without_a_service_closes_the_connection_and_a_removed_one_stops_listening() {
        let port = free_port().await;
        let mut relays = Relays::new(42);
        relays.set(&[Relay { port, socket: "/nonexistent/service.sock".into() }]).await.unwrap();
        let mut guest = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut answer = String::new();
        assert_eq!(guest.read_to_string(&mut answer).await.unwrap_or(0), 0);

        relays.set(&[]).await.unwrap();
        assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    }
}
