//! The ports of the bots' gateways.

use clawlets_fleet::{GatewayPort, JsonPath, edit::FleetText};
use clawlets_model::BotId;
use serde_json::Value;

use crate::fleet_file::bots;

/// The port of the first bot: the one that a gateway has unless it is told otherwise.
const FIRST: u16 = 18_789;
/// How far ports are apart. A gateway that drives a browser opens up to 110 more behind its own.
const STRIDE: u16 = 120;

/// A port that no bot has, neither by what the file says nor by its name, and that is not near to one.
pub(super) fn free(text: &FleetText) -> Option<u16> {
    let declared = text.get(&JsonPath::of(["fleet", "bots"])).unwrap_or_default();
    let taken: Vec<_> = bots(text).iter().filter_map(|bot| port(&declared, bot)).collect();
    let candidates = (FIRST..=u16::MAX - STRIDE).step_by(usize::from(STRIDE));
    candidates.into_iter().find(|port| taken.iter().all(|taken| taken.abs_diff(*port) >= STRIDE))
}

/// The port of a bot among those that are declared; none for what is no name of a bot.
fn port(declared: &Value, bot: &str) -> Option<u16> {
    let fixed = declared.get(bot).and_then(|bot| bot.get("profile")?.get("gatewayPort")?.as_u64());
    let setting =
        fixed.and_then(|port| u16::try_from(port).ok()).and_then(GatewayPort::new).unwrap_or_default();
    Some(setting.of(&BotId::parse(bot).ok()?))
}
