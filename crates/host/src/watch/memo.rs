//! What the watch remembers from one look to the next, also when it is started anew.

use std::collections::BTreeMap;

use clawlets_model::BotId;
use clawlets_release::update::BootId;
use serde::{Deserialize, Serialize};

/// What is remembered of this boot. Another boot begins anew: its seconds are others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Memo {
    /// The boot.
    pub boot: BootId,
    /// The bots that there is something to remember of.
    #[serde(default)]
    pub bots: BTreeMap<BotId, BotMemo>,
}

impl Memo {
    /// Nothing is remembered of this boot.
    #[must_use]
    pub const fn new(boot: BootId) -> Self {
        Self { boot, bots: BTreeMap::new() }
    }
}

/// What is remembered of one bot. Times are in seconds since boot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BotMemo {
    /// Since when it is sick without a break.
    #[serde(default)]
    pub sick_since: Option<u64>,
    /// When it was started anew by us, oldest first; only what is in the window.
    #[serde(default)]
    pub restarts: Vec<u64>,
}

impl BotMemo {
    /// Forgets restarts that are no longer in the window.
    pub(super) fn forget(&mut self, now: u64, window: u64) {
        self.restarts.retain(|at| now.saturating_sub(*at) < window);
    }
}
