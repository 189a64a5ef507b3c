//! Looking into settings of any shape.

use clawlets_fleet::Fleet;
use serde_json::{Value, json};

/// The value at a path.
pub(crate) fn at<'a>(settings: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(settings, |value, key| value.get(key))
}

/// What an object holds, with its keys; nothing for anything else.
pub(crate) fn children(settings: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    let object = settings.and_then(Value::as_object);
    object.into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// The chats that a bot is to speak on, with their settings.
pub(crate) fn channels(settings: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let shared = ["defaults", "modelByChannel"];
    children(settings.get("channels")).filter(move |(name, settings)| {
        !shared.contains(name) && settings.get("enabled") != Some(&Value::Bool(false))
    })
}

/// Whether a bot is to speak on a chat.
pub(crate) fn speaks_on(settings: &Value, channel: &str) -> bool {
    channels(settings).any(|(name, _)| name == channel)
}

/// A bot that names no Discord server of its own speaks in the fleet's, unless its settings turn Discord off.
pub(crate) fn inherit_guild(fleet: &Fleet, settings: &mut Value) {
    let Some(guild) = &fleet.shared.discord.guild_id else { return };
    if at(settings, &["channels", "discord", "enabled"]) != Some(&Value::Bool(false)) {
        let guilds = json!({ guild.to_string(): { "requireMention": true } });
        fill(settings, &["channels", "discord", "guilds"], guilds);
    }
}

/// Sets a value where there is none. What stands in the way, a text where an object should be, is left for the schema to
/// report.
pub(crate) fn fill(settings: &mut Value, path: &[&str], value: Value) {
    let Some((last, folders)) = path.split_last() else { return };
    let mut place = settings;
    for key in folders {
        let Some(object) = place.as_object_mut() else { return };
        place = object.entry(*key).or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    if let Some(object) = place.as_object_mut() {
        object.entry(*last).or_insert(value);
    }
}
