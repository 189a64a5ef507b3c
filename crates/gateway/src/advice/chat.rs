//! Who may talk to a bot, and how it answers.

use serde_json::{Value, json};

use super::{Advice, Remedy, policy};
use crate::settings::{at, channels, children, speaks_on};

/// The lists of who may talk to a bot.
const LISTS: [&str; 2] = ["allowFrom", "groupAllowFrom"];

pub(super) fn look(config: &Value) -> Vec<Advice> {
    let mut found = Vec::new();
    let mode = ["messages", "queue", "byChannel", "discord"];
    if speaks_on(config, "discord") && at(config, &mode).is_none_or(|mode| mode != "interrupt") {
        let message = "must be 'interrupt': a new message ends what the bot is doing";
        found.push(policy(mode, message, Remedy::Set(json!("interrupt"))));
    }
    for (name, settings) in channels(config) {
        let path = vec!["channels", name];
        channel(&path, settings, &mut found);
        for (account, settings) in children(settings.get("accounts")) {
            channel(&[path.as_slice(), &["accounts", account]].concat(), settings, &mut found);
        }
    }
    found
}

/// One channel, or one account of it.
fn channel(path: &[&str], settings: &Value, found: &mut Vec<Advice>) {
    let below = |keys: &[&'static str]| path.iter().copied().chain(keys.iter().copied()).collect::<Vec<_>>();
    if settings.get("joinIntro") == Some(&json!(true)) {
        let message = "a fresh bot would introduce itself in every room";
        found.push(policy(below(&["joinIntro"]), message, Remedy::Set(json!(false))));
    }
    for group in ["guilds", "groups"] {
        let path = [path, &[group]].concat();
        for (name, settings) in children(settings.get(group)) {
            let path = [path.as_slice(), &[name]].concat();
            mention(&path, settings, found);
            for (inner, settings) in children(settings.get("channels")) {
                mention(&[path.as_slice(), &["channels", inner]].concat(), settings, found);
            }
        }
    }
    for key in ["dmPolicy", "groupPolicy"] {
        if settings.get(key).is_some_and(|policy| policy == "open") {
            let message = "anybody could give the bot orders: list who may";
            found.push(policy(below(&[key]), message, Remedy::Set(json!("allowlist"))));
        }
    }
    for key in LISTS {
        let list = settings.get(key).and_then(Value::as_array);
        let Some(list) = list.filter(|list| list.iter().any(|one| one == "*")) else { continue };
        let named: Vec<_> = list.iter().filter(|one| **one != "*").cloned().collect();
        let remedy = if named.is_empty() { Remedy::ByHand } else { Remedy::Set(Value::Array(named)) };
        found.push(policy(below(&[key]), "'*' is everybody: list who may", remedy));
    }
}

fn mention(path: &[&str], settings: &Value, found: &mut Vec<Advice>) {
    if settings.get("requireMention") == Some(&json!(false)) {
        let path = path.iter().copied().chain(["requireMention"]);
        let message = "the bot would answer to messages that are not for it";
        found.push(policy(path, message, Remedy::Set(json!(true))));
    }
}
