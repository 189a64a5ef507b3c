//! The port of a bot's gateway.

use clawlets_fleet::Fleet;
use clawlets_model::BotId;
use sha2::{Digest, Sha256};

/// The first port that is given by name, and how many there are.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// The port of a bot's gateway: what its declaration says, or one that follows from its name alone, so that it does not
/// move when bots come and go. 20000 to 29999.
#[must_use]
pub fn port(fleet: &Fleet, bot: &BotId) -> u16 {
    let declared = fleet.shared.bots.get(bot).and_then(|bot| bot.profile.gateway_port.fixed());
    declared.unwrap_or_else(|| by_name(bot))
}

fn by_name(bot: &BotId) -> u16 {
    let digest = Sha256::digest(bot.as_str());
    FIRST + u16::from_be_bytes([digest[0], digest[1]]) % COUNT
}

/// Another bot of the fleet that has the same port.
pub(crate) fn rival<'a>(fleet: &'a Fleet, bot: &BotId) -> Option<&'a BotId> {
    let mine = port(fleet, bot);
    fleet.shared.bots.keys().find(|other| *other != bot && port(fleet, other) == mine)
}
