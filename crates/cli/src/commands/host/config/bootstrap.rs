//! `[bootstrap]`: what starts the bots of a host that boots from an image at AWS. Where its bundle lies is in files of the
//! instance, which its user data may replace.

use clawlets_fleet::{Fleet, Host, HostProvider};
use serde::Serialize;

/// What starts its bots, and starts them anew with a new bundle.
#[derive(Debug, Serialize)]
pub(super) struct Bootstrap {
    start: Vec<String>,
    restart: Vec<String>,
}

impl Bootstrap {
    /// That of a host at AWS; none for any other, and none without a bot.
    pub(super) fn of(fleet: &Fleet, host: &Host) -> Option<Self> {
        let bots = fleet.shared.bots.keys();
        let units: Vec<_> = bots.map(|bot| format!("clawlets-bot-{bot}.service")).collect();
        let systemctl =
            |verb: &str| [&["systemctl", verb, "--no-block"].map(str::to_owned)[..], &units].concat();
        let has_any = is_there(host) && !units.is_empty();
        has_any.then(|| Self { start: systemctl("start"), restart: systemctl("restart") })
    }
}

const fn is_there(host: &Host) -> bool {
    match host.provider {
        HostProvider::Aws => true,
        HostProvider::Hetzner | HostProvider::Local => false,
    }
}
