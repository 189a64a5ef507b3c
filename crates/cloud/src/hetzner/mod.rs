//! The client for Hetzner's API.
//!
//! One file for each part of [`Cloud`]: the trait's methods only lead there. Everything goes through [`Hetzner::call`],
//! which repeats what may be repeated, except creating a server, which has rules of its own.

mod actions;
mod call;
mod cloud_impl;
mod create_server;
mod firewalls;
mod images;
mod list;
mod servers;
mod ssh_keys;

use std::{sync::Arc, time::Duration};

#[cfg(doc)]
use crate::Cloud;
pub use crate::http::SetupError;
use crate::{Exchange, HetznerConfig, Jitter, board::Board, exchange::Carrier, gate::Gate, http::Http};

/// The client: cheap to clone, and the clones share connections.
#[derive(Debug, Clone)]
pub struct Hetzner {
    http: Arc<Http>,
    jitter: Arc<Jitter>,
    patience: Duration,
    gate: Arc<Gate>,
    board: Arc<Board>,
}

impl Hetzner {
    /// Sets up a client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SetupError`] when the token cannot be sent in a header, or TLS cannot be set up.
    pub fn new(config: HetznerConfig) -> Result<Self, SetupError> {
        Self::carried_by(Carrier::Network, config)
    }

    /// Sets up a client that never touches the network: a cloud in memory answers its requests.
    ///
    /// # Errors
    /// As [`Hetzner::new`].
    pub fn in_memory(config: HetznerConfig, cloud: Arc<dyn Exchange>) -> Result<Self, SetupError> {
        Self::carried_by(Carrier::Memory(cloud), config)
    }

    fn carried_by(carrier: Carrier, mut config: HetznerConfig) -> Result<Self, SetupError> {
        let patience = config.limits.call;
        let jitter = Arc::new(std::mem::replace(&mut config.jitter, Jitter::seeded(0)));
        Ok(Self {
            http: Arc::new(Http::new(config, carrier)?),
            jitter,
            patience,
            gate: Arc::default(),
            board: Arc::default(),
        })
    }

    /// The same client with another limit for one call with all its tries.
    #[must_use]
    pub fn within(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }
}
