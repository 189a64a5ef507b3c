//! What somebody on this host decided about updates.

use std::{collections::BTreeSet, fmt};

use super::Command;
use crate::value::Order;

/// Decisions of whoever operates the host. They outlive reboots.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Hold {
    /// Whether no release may begin.
    pub is_paused: bool,
    /// The only release that may begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Order>,
    /// Releases that may not begin; the newest 32 of them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub skipped: BTreeSet<Order>,
}

/// Why a release may not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// Updates are paused.
    Paused,
    /// Another release is pinned.
    Pinned(Order),
    /// It is skipped.
    Skipped(Order),
}

impl Hold {
    const MOST_SKIPPED: usize = 32;

    /// Why a release may not begin, if it may not.
    #[must_use]
    pub fn on(&self, order: Order) -> Option<Held> {
        if self.is_paused {
            return Some(Held::Paused);
        }
        if let Some(pinned) = self.pinned.filter(|pinned| *pinned != order) {
            return Some(Held::Pinned(pinned));
        }
        self.skipped.contains(&order).then_some(Held::Skipped(order))
    }

    pub(super) fn decide(&mut self, command: Command) {
        match command {
            Command::Pause => self.is_paused = true,
            Command::Resume => {
                self.is_paused = false;
                self.pinned = None;
            }
            Command::Pin(order) => {
                self.pinned = Some(order);
                self.skipped.remove(&order);
            }
            Command::Skip(order) => {
                self.skipped.insert(order);
                if self.skipped.len() > Self::MOST_SKIPPED {
                    self.skipped.pop_first();
                }
            }
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paused => f.write_str("updates are paused on this host"),
            Self::Pinned(order) => write!(f, "this host is pinned to release {order}"),
            Self::Skipped(order) => write!(f, "release {order} is skipped on this host"),
        }
    }
}
