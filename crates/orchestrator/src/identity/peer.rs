//! What the kernel says of the process at the other end of a socket.

use std::{io, os::fd::AsFd};

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};

/// The credentials that a peer had when it connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its effective user id.
    pub(crate) uid: u32,
    /// Its groups, the primary one first.
    pub(crate) gids: Vec<u32>,
}

/// Asks the kernel who is at the other end of a unix socket.
///
/// # Errors
/// The system call's error.
pub(crate) fn peer_of(socket: impl AsFd) -> io::Result<Peer> {
    // Not rustix: it takes the process number 0, which a peer in another PID namespace has, for a failure.
    let credentials = getsockopt(&socket, PeerCredentials)?;
    let mut gids = vec![credentials.gid()];
    gids.extend(clawlets_sys::peer_groups(&socket)?);
    Ok(Peer { uid: credentials.uid(), gids })
}
