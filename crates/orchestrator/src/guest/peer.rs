//! Where a guest calls from, and whether that fits the VM that it claims to be.

use std::net::IpAddr;

use clawlets_jobs::Job;

use super::whois::Node;

/// The tag of cattle on the tailnet.
const CATTLE_TAG: &str = "tag:cattle";

/// Where a guest calls from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Through the relay of this server.
    Relay {
        /// Its id at the provider, by the relay's word.
        server_id: u64,
    },
    /// From this address on the tailnet.
    Tailnet {
        /// The address.
        address: IpAddr,
        /// Who the tailnet says that is; none when it does not know.
        node: Option<Node>,
    },
}

/// By what wrong guesses and open connections of one guest are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PeerKey {
    /// A server behind a relay.
    Server(u64),
    /// An address on the tailnet.
    Address(IpAddr),
}

/// Whether a peer is the VM of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is.
    Fits,
    /// It is not.
    Foreign,
    /// That is not known yet: the provider has not said which server the job's VM is.
    Unknown,
}

impl Peer {
    /// By what this peer is counted.
    #[must_use]
    pub(crate) const fn key(&self) -> PeerKey {
        match self {
            Self::Relay { server_id } => PeerKey::Server(*server_id),
            Self::Tailnet { address, .. } => PeerKey::Address(*address),
        }
    }

    /// Whether this peer is the current VM of a job.
    #[must_use]
    pub(crate) fn fits(&self, job: &Job) -> Fit {
        let is_it = match self {
            Self::Relay { server_id } => match job.vm.server_id {
                Some(known) => known == *server_id,
                None => return Fit::Unknown,
            },
            Self::Tailnet { node, .. } => node.as_ref().is_some_and(|node| {
                job.vm.server_name.as_deref() == Some(node.name.as_str())
                    && node.tags.iter().any(|tag| tag == CATTLE_TAG)
            }),
        };
        if is_it { Fit::Fits } else { Fit::Foreign }
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Relay { server_id } => write!(f, "server {server_id}"),
            Self::Tailnet { address, node: Some(node) } => write!(f, "{} ({address})", node.name),
            Self::Tailnet { address, node: None } => write!(f, "{address}"),
        }
    }
}
