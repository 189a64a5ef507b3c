//! `[watch]`: the watch over the bots.

use std::{collections::BTreeMap, path::PathBuf};

use clawlets_model::{BotId, host_status::STATUS_PORT};
use clawlets_release::value::Period;
use serde::Deserialize;

use super::document::period;
use crate::watch::Policy;

/// How the bots are watched. Which there are, and how each is asked, says `health.gateways`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchSettings {
    /// The folder of what the watch writes: `status.json`, for whoever looks, and what it remembers.
    pub state: PathBuf,
    /// How often everything is looked at.
    pub interval: Period,
    /// How long one program, and the shared memory, may take to answer.
    pub deadline: Period,
    /// Where the status is served over HTTP; nowhere if empty.
    pub serve_on: Vec<ServeOn>,
    /// The port there; 0 takes a free one.
    pub port: u16,
    /// The folder of the shared memory. Where there is none, nothing is missed.
    pub memory: PathBuf,
    /// Whether that must be a file system of its own.
    pub memory_is_mount: bool,
    /// How long the shared memory may take to answer before it counts as slow.
    pub memory_slow: Period,
    /// How old the tokens of `github` may be.
    pub token_max_age: Period,
    /// The services of bots that are not called `clawlets-bot-<id>.service`.
    pub units: BTreeMap<BotId, String>,
    /// When a sick bot is started anew.
    pub restarts: Restarts,
}

impl Default for WatchSettings {
    fn default() -> Self {
        Self {
            state: "/var/lib/clawlets/watch".into(),
            interval: period("1m"),
            deadline: period("30s"),
            serve_on: vec![ServeOn::Loopback, ServeOn::Tailnet],
            port: STATUS_PORT,
            memory: "/memory".into(),
            memory_is_mount: false,
            memory_slow: period("2s"),
            token_max_age: period("65m"),
            units: BTreeMap::new(),
            restarts: Restarts::default(),
        }
    }
}

/// Where the status is served. There is no word for every address: the status is not for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServeOn {
    /// At 127.0.0.1.
    Loopback,
    /// At the host's address on its tailnet, as soon as it has one.
    Tailnet,
}

/// When a sick bot is started anew.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Restarts {
    /// How often within the window; 0 is never.
    pub most: u32,
    /// The window.
    pub window: Period,
    /// The wait after the first restart within the window; each further one waits twice as long as the one before.
    pub backoff: Period,
    /// How long a gateway may be gone or silent.
    pub patience: Period,
    /// How long a chat may be cut off. The gateway itself tries first.
    pub cut_off_patience: Period,
    /// How long a gateway may take to come up.
    pub starting: Period,
}

impl Default for Restarts {
    fn default() -> Self {
        Self {
            most: 3,
            window: period("1h"),
            backoff: period("2m"),
            patience: period("3m"),
            cut_off_patience: period("15m"),
            starting: period("6m"),
        }
    }
}

impl Restarts {
    /// The same in seconds, for who decides.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        Policy {
            most: self.most,
            window: self.window.as_secs(),
            backoff: self.backoff.as_secs(),
            patience: self.patience.as_secs(),
            cut_off_patience: self.cut_off_patience.as_secs(),
            starting: self.starting.as_secs(),
        }
    }
}
