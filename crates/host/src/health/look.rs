//! One try of one check.

use std::{
    net::{TcpStream, ToSocketAddrs},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use clawlets_release::{
    document::{Check, Look},
    update::Probe,
};
use serde_json::Value;
use ureq::Agent;

use super::{gateway, room};
use crate::{
    Interrupt,
    config::{HealthSettings, Paths},
    process,
};

/// What a try needs to know about this host.
#[derive(Debug)]
pub struct Looker {
    /// The commands and limits.
    pub settings: HealthSettings,
    /// Where things lie.
    pub paths: Paths,
    /// Set when nobody waits for the result any more.
    pub is_over: AtomicBool,
}

/// Tries a check once, within its deadline.
#[must_use]
pub fn probe(check: &Check, looker: &Looker) -> Probe {
    let end = Instant::now() + check.deadline.duration();
    let is_fine =
        match &check.look {
            Look::Unit(unit) => {
                let words = ["is-active", "--quiet", "--"].map(str::to_owned);
                let argv = looker.settings.systemctl.iter().cloned().chain(words).chain([unit.clone()]);
                looker.run(&argv.collect::<Vec<_>>(), end).is_some()
            }
            Look::Http(url) => answers(url, left(end)),
            Look::Tcp(address) => takes_connections(address, end),
            Look::Command(argv) => looker.run(argv, end).is_some(),
            Look::Gateway => looker.settings.gateways.values().all(|argv| {
                looker.json(argv, end).is_some_and(|health| gateway::Account::of(&health).is_fine())
            }),
            Look::Tailnet => looker.json(&looker.settings.tailscale, end).is_some_and(|state| {
                state["BackendState"] == "Running" && state["Self"]["Online"] != Value::Bool(false)
            }),
            Look::Disk => {
                looker.settings.disks.iter().all(|disk| room::has_room(disk, looker.settings.disk_free_mib))
            }
            Look::Memory => room::has_memory(&looker.paths.meminfo, looker.settings.memory_free_mib),
        };
    if is_fine && Instant::now() <= end { Probe::Healthy } else { Probe::Failed }
}

impl Looker {
    /// What a program printed, if it ended well and in time.
    fn run(&self, argv: &[String], end: Instant) -> Option<String> {
        let mut command = process::command(argv).ok()?;
        let may_go_on = || if self.is_over.load(Ordering::Relaxed) { Err(Interrupt::Late) } else { Ok(()) };
        let ended = process::run(&mut command, left(end), may_go_on).ok()?;
        ended.status.success().then_some(ended.out)
    }

    fn json(&self, argv: &[String], end: Instant) -> Option<Value> {
        serde_json::from_str(&self.run(argv, end)?).ok()
    }
}

fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}

/// Whether a URL answers with success. It is asked as it stands: an answer that leads elsewhere is none.
fn answers(url: &str, limit: Duration) -> bool {
    let config = Agent::config_builder().proxy(None).max_redirects(0).max_redirects_will_error(false);
    let agent = config.http_status_as_error(false).timeout_global(Some(limit)).build().new_agent();
    agent.get(url).call().is_ok_and(|answer| answer.status().is_success())
}

fn takes_connections(address: &str, end: Instant) -> bool {
    let Ok(addresses) = address.to_socket_addrs() else { return false };
    addresses.into_iter().any(|address| {
        let left = left(end);
        !left.is_zero() && TcpStream::connect_timeout(&address, left).is_ok()
    })
}
