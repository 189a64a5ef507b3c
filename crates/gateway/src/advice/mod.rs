//! What is valid and dangerous, or was taken over from an older release.

mod chat;
mod exposure;
mod remedy;
mod retired;

use std::borrow::Cow;

use clawlets_fleet::JsonPath;
use serde_json::Value;

pub use remedy::Remedy;

/// Something that should be another way.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// Where, below the bot's `openclaw`.
    pub path: JsonPath,
    /// What is wrong with it, in words that fit behind the path.
    pub message: Cow<'static, str>,
    /// What makes it right.
    pub remedy: Remedy,
    /// How much it matters.
    pub weight: Weight,
}

/// How much a piece of advice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The pinned release refuses it.
    Refused,
    /// It works, and does what the fleet advises against.
    Policy,
}

/// Looks a bot's declaration over, in the order of what matters most.
#[must_use]
pub fn look_over(config: &Value) -> Vec<Advice> {
    [retired::look(config), exposure::look(config), chat::look(config)].concat()
}

/// Advice of the fleet's policy.
fn policy<'a>(path: impl IntoIterator<Item = &'a str>, message: &'static str, remedy: Remedy) -> Advice {
    Advice { path: JsonPath::of(path), message: message.into(), remedy, weight: Weight::Policy }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
            "hooks": { "enabled": true, "token": "${OPENCLAW_HOOKS_TOKEN}" },
        });
        assert_eq!(paths(&config), Vec::<String>::new());
        assert_eq!(paths(&json!({})), Vec::<String>::new());
    }

    #[test]
    fn dangerous_and_retired_settings_are_found_with_a_safe_value() {
        let config = json!({
            "agents": { "list": [] }, "cron": { "store": "x" },
            "messages": { "queue": { "mode": "queue", "byChannel": { "telegram": "queue" } } },
            "channels": {
                "discord": {
                    "joinIntro": true,
                    "guilds": { "1": { "requireMention": false, "channels": { "2": { "allow": true } } } },
                },
                "telegram": {
                    "dmPolicy": "open", "allowFrom": ["*"],
                    "accounts": { "second": { "groupPolicy": "open", "groupAllowFrom": ["tg:7", "*"] } },
                },
            },
            "gateway": { "tailscale": { "mode": "funnel" }, "controlUi": { "dangerouslyDisableDeviceAuth": true } },
            "hooks": { "enabled": true },
        });
        let found: Vec<_> =
            look_over(&config).into_iter().map(|advice| (advice.path.to_string(), advice.remedy)).collect();
        let set = |value: Value| Remedy::Set(value);
        let expected = [
            ("agents.list", Remedy::ByHand),
            ("cron.store", Remedy::Remove),
            ("messages.queue.mode", set(json!("interrupt"))),
            ("messages.queue.byChannel.telegram", set(json!("interrupt"))),
            ("channels.discord.guilds.1.channels.2.allow", Remedy::Rename("enabled")),
            ("gateway.tailscale.mode", set(json!("off"))),
            ("gateway.controlUi.dangerouslyDisableDeviceAuth", Remedy::Remove),
            ("hooks.token", set(json!("${OPENCLAW_HOOKS_TOKEN}"))),
            ("messages.queue.byChannel.discord", set(json!("interrupt"))),
            ("channels.discord.joinIntro", set(json!(false))),
            ("channels.discord.guilds.1.requireMention", set(json!(true))),
            ("channels.telegram.dmPolicy", set(json!("allowlist"))),
            ("channels.telegram.allowFrom", Remedy::ByHand),
            ("channels.telegram.accounts.second.groupPolicy", set(json!("allowlist"))),
            ("channels.telegram.accounts.second.groupAllowFrom", set(json!(["tg:7"]))),
        ];
        assert_eq!(found, expected.map(|(path, remedy)| (path.to_owned(), remedy)));
    }

    #[test]
    fn settings_of_any_shape_can_be_looked_over() {
        for shape in [json!(null), json!([]), json!("x"), json!(7)] {
            for key in ["agents", "channels", "messages", "gateway", "hooks", "cron"] {
                let mut config = json!({});
                config[key] = shape.clone();
                let _ = look_over(&config);
                config["channels"] =
                    json!({ "discord": shape, "telegram": { "accounts": shape, "guilds": { "1": shape } } });
                let _ = look_over(&config);
            }
        }
    }
}
