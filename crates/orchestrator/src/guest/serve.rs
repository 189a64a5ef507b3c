//! Accepting guests.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use clawlets_model::cause::chain;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use super::{
    peer::{Peer, PeerKey},
    state::Guests,
    whois::NodeLookup,
};
use crate::{
    http::{Budget, Drain, serve_connection},
    relay::{Seats, read_header},
};

/// How many connections one guest may hold open.
const CONNECTIONS: usize = 16;
/// The pause after a connection could not be accepted, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves local guests on the relay's socket until the daemon stops.
pub(crate) async fn serve_relay(listener: UnixListener, guests: Guests, drain: Drain) {
    let seats = Arc::new(Seats::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = drain.stopping().cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let task = relayed(stream, guests.clone(), Arc::clone(&seats), drain.clone());
                drain.spawn(task);
            }
            Err(error) => refused(&error).await,
        }
    }
}

async fn relayed(mut stream: UnixStream, guests: Guests, seats: Arc<Seats<PeerKey>>, drain: Drain) {
    let server_id = tokio::select! {
        header = read_header(&mut stream) => match header {
            Ok(server_id) => server_id,
            Err(error) => {
                tracing::warn!(%error, "a connection to the relay's socket came from no relay");
                return;
            }
        },
        () = drain.stopping().cancelled() => return,
    };
    let peer = Peer::Relay { server_id };
    let Some(_seat) = seats.take(peer.key()) else {
        tracing::warn!(server_id, "a guest has too many connections");
        return;
    };
    serve_connection(stream, guests.router(), peer, Budget::DEFAULT, &drain).await;
}

/// Serves guests on the tailnet until the daemon stops.
pub(crate) async fn serve_tailnet(
    listener: TcpListener,
    guests: Guests,
    lookup: Arc<dyn NodeLookup>,
    drain: Drain,
) {
    let seats = Arc::new(Seats::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = drain.stopping().cancelled() => return,
        };
        match accepted {
            Ok((stream, address)) => {
                let Some(seat) = seats.take(PeerKey::Address(address.ip())) else {
                    tracing::warn!(%address, "a guest has too many connections");
                    continue;
                };
                let (guests, lookup, drain_of_task) = (guests.clone(), Arc::clone(&lookup), drain.clone());
                drain.spawn(async move {
                    on_tailnet(stream, address, guests, &*lookup, drain_of_task).await;
                    drop(seat);
                });
            }
            Err(error) => refused(&error).await,
        }
    }
}

async fn on_tailnet(
    stream: TcpStream,
    address: SocketAddr,
    guests: Guests,
    lookup: &dyn NodeLookup,
    drain: Drain,
) {
    let node = match lookup.node(address).await {
        Ok(node) => node,
        Err(error) => {
            // Without an answer nobody is let in, and the guest tries again.
            tracing::warn!(%address, error = %chain(&error), "the tailnet does not say who calls");
            return;
        }
    };
    let peer = Peer::Tailnet { address: address.ip(), node };
    serve_connection(stream, guests.router(), peer, Budget::DEFAULT, &drain).await;
}

async fn refused(error: &io::Error) {
    tracing::warn!(%error, "failed to accept a guest");
    tokio::time::sleep(PAUSE).await;
}
