//! Settings of earlier releases, which the pinned one refuses.

use clawlets_fleet::JsonPath;
use serde_json::{Value, json};

use super::{Advice, Remedy, Weight};
use crate::settings::{at, children};

/// Settings that are gone, by their path.
const GONE: [(&[&str], &str, Remedy); 5] = [
    (&["agents", "list"], "is 'agents.entries' now, by the agent's id", Remedy::ByHand),
    (&["cron", "store"], "is gone: jobs are kept in a database", Remedy::Remove),
    (&["gateway", "token"], "is 'gateway.auth.token' now, which the fleet fills in", Remedy::Remove),
    (&["channels", "discord", "dm", "policy"], "is 'channels.discord.dmPolicy' now", Remedy::ByHand),
    (&["channels", "discord", "dm", "allowFrom"], "is 'channels.discord.allowFrom' now", Remedy::ByHand),
];

pub(super) fn look(config: &Value) -> Vec<Advice> {
    let refused = |path: &[&str], message: &'static str, remedy| Advice {
        path: JsonPath::of(path.iter().copied()),
        message: message.into(),
        remedy,
        weight: Weight::Refused,
    };
    let mut found: Vec<Advice> = GONE
        .iter()
        .filter(|(path, ..)| at(config, path).is_some())
        .map(|(path, message, remedy)| refused(path, message, remedy.clone()))
        .collect();
    let mode = "the mode 'queue' is gone: steer, followup, collect or interrupt";
    let interrupt = || Remedy::Set(json!("interrupt"));
    if at(config, &["messages", "queue", "mode"]).is_some_and(|mode| mode == "queue") {
        found.push(refused(&["messages", "queue", "mode"], mode, interrupt()));
    }
    for (channel, set) in children(at(config, &["messages", "queue", "byChannel"])) {
        // The one of Discord is told with what it must be.
        if set == "queue" && channel != "discord" {
            found.push(refused(&["messages", "queue", "byChannel", channel], mode, interrupt()));
        }
    }
    for (guild, settings) in children(at(config, &["channels", "discord", "guilds"])) {
        for (channel, settings) in children(settings.get("channels")) {
            if settings.get("allow").is_some() {
                let path = ["channels", "discord", "guilds", guild, "channels", channel, "allow"];
                let remedy = match settings.get("enabled") {
                    Some(_) => Remedy::Remove,
                    None => Remedy::Rename("enabled"),
                };
                found.push(refused(&path, "is 'enabled' now", remedy));
            }
        }
    }
    found
}
