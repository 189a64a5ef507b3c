//! What is valid and dangerous, or was taken over from an older release.

use clawlets_fleet::JsonPath;
use serde::Serialize;
use serde_json::{Value, json};

use crate::render::at;

/// Something that should be another way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// Where, below the bot's `openclaw`.
    pub path: JsonPath,
    /// What is wrong with it.
    pub message: &'static str,
    /// The safe value; none when a person must decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safe: Option<Value>,
}

/// Whether a bot speaks on Discord.
pub(crate) fn speaks_on_discord(config: &Value) -> bool {
    at(config, &["channels", "discord"])
        .is_some_and(|discord| discord.get("enabled") != Some(&Value::Bool(false)))
}

/// Looks a bot's declaration over, in the order of what matters most.
#[must_use]
pub fn look_over(config: &Value) -> Vec<Advice> {
    let mut found = retired(config);
    if speaks_on_discord(config) {
        found.extend(discord(config));
    }
    found.extend(strangers(config));
    found
}

fn advice<'a>(path: impl IntoIterator<Item = &'a str>, message: &'static str, safe: Option<Value>) -> Advice {
    Advice { path: JsonPath::of(path), message, safe }
}

/// Settings of earlier releases, which this one refuses or ignores.
fn retired(config: &Value) -> Vec<Advice> {
    let mut found = Vec::new();
    let gone: [(&[&str], &'static str); 2] = [
        (&["agents", "list"], "is 'agents.entries' now, by the agent's id"),
        (&["cron", "store"], "is gone: jobs are kept in a database; remove it"),
    ];
    for (path, message) in gone {
        if at(config, path).is_some() {
            found.push(advice(path.iter().copied(), message, None));
        }
    }
    if at(config, &["messages", "queue", "mode"]).and_then(Value::as_str) == Some("queue") {
        let message = "the mode 'queue' is gone: steer, followup, collect or interrupt";
        found.push(advice(["messages", "queue", "mode"], message, Some(json!("interrupt"))));
    }
    for (guild, channel, settings) in channels(config) {
        if settings.get("allow").is_some() {
            let path = ["channels", "discord", "guilds", guild, "channels", channel, "allow"];
            found.push(advice(path, "is 'enabled' now", None));
        }
    }
    found
}

fn discord(config: &Value) -> Vec<Advice> {
    let mut found = Vec::new();
    let mode = ["messages", "queue", "byChannel", "discord"];
    if at(config, &mode).and_then(Value::as_str) != Some("interrupt") {
        let message = "a new message must interrupt what the bot is doing";
        found.push(advice(mode, message, Some(json!("interrupt"))));
    }
    let intro = ["channels", "discord", "joinIntro"];
    if at(config, &intro).is_some_and(|value| *value != json!(false)) {
        found.push(advice(intro, "a fresh bot would introduce itself in every channel", Some(json!(false))));
    }
    let guilds = at(config, &["channels", "discord", "guilds"]).and_then(Value::as_object);
    for (guild, settings) in guilds.into_iter().flatten() {
        if settings.get("requireMention") != Some(&json!(true)) {
            let path = ["channels", "discord", "guilds", guild, "requireMention"];
            found.push(advice(
                path,
                "the bot would answer to messages that are not for it",
                Some(json!(true)),
            ));
        }
    }
    found
}

/// Channels that take messages of anybody.
fn strangers(config: &Value) -> Vec<Advice> {
    let mut found = Vec::new();
    let channels = at(config, &["channels"]).and_then(Value::as_object);
    for (name, settings) in channels.into_iter().flatten() {
        for key in ["dmPolicy", "groupPolicy"] {
            if settings.get(key).and_then(Value::as_str) == Some("open") {
                let message = "anybody could give the bot orders: list who may";
                found.push(advice(["channels", name, key], message, Some(json!("allowlist"))));
            }
        }
        let lists = settings.get("allowFrom").and_then(Value::as_array);
        if lists.is_some_and(|list| list.iter().any(|one| one == "*")) {
            found.push(advice(["channels", name, "allowFrom"], "'*' is everybody: list who may", None));
        }
    }
    found
}

/// Every channel of every guild on Discord, with the ids.
fn channels(config: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let guilds = at(config, &["channels", "discord", "guilds"]).and_then(Value::as_object);
    guilds.into_iter().flatten().flat_map(|(guild, settings)| {
        let channels = settings.get("channels").and_then(Value::as_object);
        channels.into_iter().flatten().map(move |(channel, settings)| (guild, channel, settings))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(config: &Value) -> Vec<String> {
        look_over(config).iter().map(|advice| advice.path.to_string()).collect()
    }

    #[test]
    fn a_careful_declaration_is_left_alone() {
        let config = json!({
            "messages": { "queue": { "byChannel": { "discord": "interrupt" } } },
            "channels": {
                "discord": { "joinIntro": false, "guilds": { "1": { "requireMention": true } } },
                "telegram": { "dmPolicy": "allowlist", "allowFrom": ["tg:7"] },
            },
        });
        assert_eq!(paths(&config), Vec::<String>::new());
        assert_eq!(paths(&json!({})), Vec::<String>::new());
    }

    #[test]
    fn dangerous_and_retired_settings_are_found_with_a_safe_value() {
        let config = json!({
            "agents": { "list": [] }, "cron": { "store": "x" }, "messages": { "queue": { "mode": "queue" } },
            "channels": {
                "discord": { "joinIntro": true, "guilds": { "1": { "channels": { "2": { "allow": true } } } } },
                "telegram": { "dmPolicy": "open", "allowFrom": ["*"] },
            },
        });
        let expected = [
            "agents.list",
            "cron.store",
            "messages.queue.mode",
            "channels.discord.guilds.1.channels.2.allow",
            "messages.queue.byChannel.discord",
            "channels.discord.joinIntro",
            "channels.discord.guilds.1.requireMention",
            "channels.telegram.dmPolicy",
            "channels.telegram.allowFrom",
        ];
        assert_eq!(paths(&config), expected);
        assert_eq!(look_over(&config)[4].safe, Some(json!("interrupt")));
    }
}
