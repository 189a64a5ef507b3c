//! How guests reach us.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use clawlets_model::{Secret, limits, net::is_tailnet};
use thiserror::Error;
use url::Url;

use super::console::{self, ConsoleError, ConsolePart};
use crate::{
    config::{Access, SecretFile, SecretFileError},
    relay::{Registration, RegistrationError},
    tailnet::{JoinKey, KeyId, Tailnet, TailnetError},
};

/// Where a local guest finds its relays.
const RELAY_ADDRESS: &str = "10.0.2.2";

/// How guests reach us.
#[derive(Debug)]
pub(crate) enum Reach {
    /// Local guests, through relays.
    Relays {
        /// How the local cloud is reached.
        access: Access,
        /// The relay to this API, and the one to the egress proxy if guests may leave at all.
        relays: Vec<Registration>,
    },
    /// Guests elsewhere, over the tailnet.
    Tailnet {
        /// Where we listen.
        address: SocketAddr,
        /// How a VM joins.
        join: Joining,
    },
}

/// How a VM joins the tailnet.
#[derive(Debug)]
pub(crate) enum Joining {
    /// It cannot, or does so by itself.
    Never,
    /// With the same key as all others.
    Shared(SecretFile),
    /// With a key of its own.
    Minted(Arc<Tailnet>),
}

/// Why guests cannot reach us.
#[derive(Debug, Error)]
pub(crate) enum ReachError {
    /// A file with a token or a key cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The local cloud did not register a relay.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// The local cloud's endpoint is not known.
    #[error("the local cloud has no endpoint")]
    NoEndpoint,
    /// No key could be made.
    #[error(transparent)]
    Tailnet(#[from] TailnetError),
    /// The task that read a file was interrupted.
    #[error("reading a secret was interrupted")]
    Interrupted,
}

impl Reach {
    /// What guests are told: where to call.
    pub(crate) fn base_url(&self) -> String {
        match self {
            Self::Relays { .. } => format!("http://{RELAY_ADDRESS}:{}", limits::CATTLE_PORT),
            Self::Tailnet { address, .. } => format!("http://{address}"),
        }
    }

    /// What a VM wrote to its serial port, from byte `from` on.
    ///
    /// # Errors
    /// [`ConsoleError::NotKept`] where the provider keeps no consoles; others when the local cloud does not show it.
    pub(crate) async fn console(&self, server_id: u64, from: u64) -> Result<ConsolePart, ConsoleError> {
        match self {
            Self::Tailnet { .. } => Err(ConsoleError::NotKept),
            Self::Relays { access, .. } => {
                let (endpoint, token) = read_access(access.clone()).await?;
                console::read(&endpoint, &token, server_id, from).await
            }
        }
    }

    /// What guests are told: the proxy through which they may leave.
    pub(crate) fn egress_proxy(&self) -> Option<String> {
        match self {
            Self::Relays { relays, .. } => relays
                .iter()
                .any(|relay| relay.port == limits::EGRESS_PORT)
                .then(|| format!("http://{RELAY_ADDRESS}:{}", limits::EGRESS_PORT)),
            Self::Tailnet { .. } => None,
        }
    }

    /// Makes sure that a VM which is about to be created can reach us. The local cloud may have been started anew since
    /// the last one, so it is told each time.
    ///
    /// # Errors
    /// [`ReachError`].
    pub(crate) async fn prepare(&self) -> Result<(), ReachError> {
        match self {
            Self::Relays { access, relays } => {
                let (endpoint, token) = read_access(access.clone()).await?;
                for relay in relays {
                    relay.send(&endpoint, &token).await?;
                }
                Ok(())
            }
            Self::Tailnet { .. } => Ok(()),
        }
    }

    /// What the VM of this name needs to join the tailnet, where it must.
    ///
    /// # Errors
    /// [`ReachError`] when the key cannot be read or made.
    pub(crate) async fn tailnet_key(&self, name: &str) -> Result<Option<JoinKey>, ReachError> {
        match self {
            Self::Relays { .. } | Self::Tailnet { join: Joining::Never, .. } => Ok(None),
            Self::Tailnet { join: Joining::Shared(file), .. } => {
                let file = file.clone();
                let read = tokio::task::spawn_blocking(move || file.read()).await;
                Ok(Some(JoinKey { key: read.map_err(|_| ReachError::Interrupted)??, id: None }))
            }
            Self::Tailnet { join: Joining::Minted(tailnet), .. } => Ok(Some(tailnet.mint(name).await?)),
        }
    }

    /// The key was made for a VM that did not come to be.
    pub(crate) fn revoke_soon(&self, key: KeyId) {
        if let Self::Tailnet { join: Joining::Minted(tailnet), .. } = self {
            tailnet.revoke_soon(key);
        }
    }

    /// The VM of this name is gone: so is its place in the tailnet, if it was given one of its own.
    pub(crate) fn remove_soon(&self, name: &str) {
        if let Self::Tailnet { join: Joining::Minted(tailnet), .. } = self {
            tailnet.remove_soon(name.to_owned());
        }
    }
}

async fn read_access(access: Access) -> Result<(Url, Secret<String>), ReachError> {
    let read = tokio::task::spawn_blocking(move || access.read()).await;
    let (endpoint, token) = read.map_err(|_| ReachError::Interrupted)??;
    Ok((endpoint.ok_or(ReachError::NoEndpoint)?, token))
}

/// This machine's address on the tailnet, IPv4 first; `None` when it is on none.
///
/// # Errors
/// When the interfaces cannot be listed.
pub(crate) fn tailnet_address() -> std::io::Result<Option<IpAddr>> {
    let mut addresses: Vec<IpAddr> = nix::ifaddrs::getifaddrs()
        .map_err(std::io::Error::from)?
        .filter_map(|interface| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
        })
        .filter(|address| is_tailnet(*address))
        .collect();
    addresses.sort();
    Ok(addresses.first().copied())
}
