//! The ports of the bots' gateways.

use clawlets_fleet::{JsonPath, edit::FleetText};
use serde_json::Value;

use crate::fleet_file::bots;

/// The port of the first bot.
const FIRST: u16 = 18_789;
/// How far ports are apart: a gateway opens some more behind its own.
const STRIDE: u16 = 20;

/// A port that no bot has, neither by what the file says nor by its place.
pub(super) fn free(text: &FleetText) -> Option<u16> {
    let fixed: Vec<_> = bots(text).iter().filter_map(|bot| fixed(text, bot)).collect();
    let placed = order(text).len();
    (placed..).map_while(by_place).find(|port| fixed.iter().all(|taken| taken.abs_diff(*port) >= STRIDE))
}

/// The bots that have no port of their own and stand behind this one, with the ports that they have because of that.
pub(super) fn behind(text: &FleetText, bot: &str) -> Vec<(String, u16)> {
    let order = order(text);
    let after = order.iter().position(|other| other == bot).map_or(order.len(), |at| at + 1);
    let placed = order.iter().enumerate().skip(after).filter(|(_, bot)| fixed(text, bot).is_none());
    placed.filter_map(|(place, bot)| Some((bot.clone(), by_place(place)?))).collect()
}

/// Where the file says which port a bot has.
pub(super) fn path(bot: &str) -> JsonPath {
    JsonPath::of(["fleet", "bots", bot, "profile", "gatewayPort"])
}

/// The port of a bot that the file names.
fn fixed(text: &FleetText, bot: &str) -> Option<u16> {
    let port = text.get(&path(bot))?.as_u64()?;
    u16::try_from(port).ok().filter(|port| *port > 0)
}

/// The port that follows from a place among the bots.
fn by_place(place: usize) -> Option<u16> {
    FIRST.checked_add(STRIDE.checked_mul(u16::try_from(place).ok()?)?)
}

fn order(text: &FleetText) -> Vec<String> {
    let order = text.get(&JsonPath::of(["fleet", "botOrder"]));
    let bots = order.as_ref().and_then(Value::as_array).into_iter().flatten();
    bots.filter_map(|bot| bot.as_str().map(str::to_owned)).collect()
}
