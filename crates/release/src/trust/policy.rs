//! What a host trusts.

use std::collections::BTreeSet;

use clawlets_model::{Channel, HostName};
use jiff::Timestamp;

use super::Keyring;
use crate::value::{Period, SystemName, Version};

/// What a host trusts, from its own configuration.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The host.
    pub host: HostName,
    /// The machine that it is.
    pub system: SystemName,
    /// The channel that it follows.
    pub channel: Channel,
    /// Whose signatures count.
    pub keys: Keyring,
    /// Whether there must be signatures.
    pub signatures: Signatures,
    /// How old the newest pointer may be; 7 days by default in configurations.
    pub max_age: Period,
    /// Whether an older release of the same epoch may replace a newer one.
    pub rollback: Rollback,
    /// Whether pointers of the tool before this one count.
    pub earlier_pointers: EarlierPointers,
    /// The binary caches that the host uses, and the keys that it trusts them with. A release may name some of these.
    pub substituters: BTreeSet<String>,
    /// The keys of those caches.
    pub cache_keys: BTreeSet<String>,
    /// The version of the updater.
    pub updater: Version,
    /// A clock that shows an earlier time was never set: when the updater was built.
    pub built_at: Timestamp,
}

/// Whether a release must be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signatures {
    /// Always.
    Required,
    /// Not at all; a signature that is there must still be right. For development only.
    Optional,
}

/// Whether an older release may replace a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollback {
    /// Never: what was seen stays the floor.
    Refused,
    /// Within the epoch, if its pointer is newer than every one that was seen. The floor stays where it is.
    Allowed,
}

/// Whether pointers without host, epoch and expiry count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlierPointers {
    /// Never.
    Refused,
    /// Until all of them are rewritten. A mirror that stopped cannot be told from one that has nothing new.
    Accepted,
}

impl Trust {
    /// Whether the host uses a cache, a final slash aside.
    pub(super) fn uses(&self, substituter: &str) -> bool {
        let plain = |url: &str| url.trim_end_matches('/').to_owned();
        let wanted = plain(substituter);
        self.substituters.iter().any(|known| plain(known) == wanted)
    }
}
