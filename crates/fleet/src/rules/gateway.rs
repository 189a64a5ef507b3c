//! What the fleet asks of a gateway's settings, which otherwise are the gateway's own matter.

use serde_json::Value as Json;

use crate::{
    form::{Fields, Settings},
    problem::{Draft, ProblemCode, REDACTED, looks_like_a_secret, names_a_secret},
    reference::without_references,
};

/// Reports tokens and keys that stand in the settings themselves.
pub(super) fn inline_secrets(settings: &Settings, within: &[&str], fields: &mut Fields<'_, '_, '_>) {
    let mut path: Vec<String> = within.iter().map(|key| (*key).to_owned()).collect();
    for (key, value) in settings {
        path.push(key.clone());
        search(key, value, &mut path, fields);
        path.pop();
    }
}

/// What is in a list goes by the name of the list.
fn search(key: &str, value: &Json, path: &mut Vec<String>, fields: &mut Fields<'_, '_, '_>) {
    match value {
        Json::String(text) if is_inline(key, text) => {
            let draft = Draft::new(ProblemCode::InlineSecret, "holds a secret in plain text");
            let path: Vec<_> = path.iter().map(String::as_str).collect();
            fields.rule(&path, draft.expected("a reference such as ${VARIABLE}").found(REDACTED));
        }
        Json::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(at.to_string());
                search(key, item, path, fields);
                path.pop();
            }
        }
        Json::Object(settings) => {
            for (key, value) in settings {
                path.push(key.clone());
                search(key, value, path, fields);
                path.pop();
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// Replaces tokens and keys that stand in a gateway's settings themselves by `<redacted>`.
pub fn redact(settings: &mut Json) {
    if let Json::Object(object) = settings {
        for (key, value) in object {
            redact_value(key, value);
        }
    }
}

fn redact_value(key: &str, value: &mut Json) {
    match value {
        Json::String(text) if is_inline(key, text) => *text = REDACTED.to_owned(),
        Json::Array(items) => items.iter_mut().for_each(|item| redact_value(key, item)),
        Json::Object(_) => redact(value),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// A reference is no secret, and what stands beside one is seldom: only when it looks like one.
pub(crate) fn is_inline(key: &str, text: &str) -> bool {
    let rest = without_references(text);
    let refers = rest.len() < text.len();
    !rest.trim().is_empty() && (!refers && names_a_secret(key) || looks_like_a_secret(&rest))
}

/// In a chat, a new message interrupts what the bot is doing. Other modes answer to what nobody asks any more.
pub(super) fn discord_interrupts(settings: &Settings, fields: &mut Fields<'_, '_, '_>) {
    let discord = settings.get("channels").and_then(|channels| channels.get("discord"));
    let speaks = discord.is_some_and(|discord| discord.get("enabled") != Some(&Json::Bool(false)));
    let mode = ["messages", "queue", "byChannel", "discord"];
    let found =
        mode.iter().skip(1).fold(settings.get(mode[0]), |value, key| value.and_then(|value| value.get(*key)));
    if speaks && found.and_then(Json::as_str) != Some("interrupt") {
        let path: Vec<_> = std::iter::once("openclaw").chain(mode).collect();
        let what =
            if found.is_some() { "is not 'interrupt'" } else { "is not set, and the bot speaks on Discord" };
        fields.rule(&path, Draft::new(ProblemCode::GatewayPolicy, what).expected("\"interrupt\""));
    }
}
