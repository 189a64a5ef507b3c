//! The port of a bot's gateway.

use clawlets_fleet::Fleet;
use clawlets_model::BotId;

/// The port that a bot's gateway listens on: what its declaration says, or one that follows from its name alone, so that
/// it does not move when bots come and go.
#[must_use]
pub fn port(fleet: &Fleet, bot: &BotId) -> u16 {
    fleet.shared.bots.get(bot).map(|bot| bot.profile.gateway_port).unwrap_or_default().of(bot)
}

/// Another bot of the fleet that has the same port.
pub(crate) fn rival<'a>(fleet: &'a Fleet, bot: &BotId) -> Option<&'a BotId> {
    let mine = port(fleet, bot);
    fleet.shared.bots.keys().find(|other| *other != bot && port(fleet, other) == mine)
}
