//! `[watch]`: which bots a host watches over, and the memory that they share.

use std::{collections::BTreeMap, path::PathBuf};

use clawlets_fleet::{Fleet, Host, MemoryBackend, TailnetMode};
use serde::Serialize;

/// The watch over the bots.
#[derive(Debug, Serialize)]
pub(super) struct Watch {
    serve_on: &'static [&'static str],
    memory: PathBuf,
    memory_is_mount: bool,
    units: BTreeMap<String, String>,
}

impl Watch {
    /// The watch of a host; none where there is no bot.
    pub(super) fn of(fleet: &Fleet, host: &Host) -> Option<Self> {
        let bots = &fleet.shared.bots;
        (!bots.is_empty()).then(|| Self {
            serve_on: match host.tailnet.mode {
                TailnetMode::Tailscale => &["loopback", "tailnet"],
                TailnetMode::None => &["loopback"],
            },
            memory: fleet.memory.mount_point.to_string().into(),
            memory_is_mount: match fleet.memory.backend {
                MemoryBackend::Local => false,
                MemoryBackend::Nfs | MemoryBackend::Efs => true,
            },
            units: bots.keys().map(|bot| (bot.to_string(), format!("clawlets-bot-{bot}.service"))).collect(),
        })
    }
}
