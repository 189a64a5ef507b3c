//! What a gateway says about itself: the document of `openclaw health --json`.
//!
//! Its health pages are not asked: `/healthz` stays green while its chats are cut off. The document is a bot's to write,
//! so names are taken from it only as far as they are plain, and no text of its own.

use jiff::Timestamp;
use serde_json::Value;

/// How long a chat that is polled may go without an answer, in milliseconds. One poll ends after half a minute at most;
/// the gateway itself goes on calling such a chat connected.
const POLL_SILENCE: i64 = 300_000;

/// What is wrong with a gateway that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Complaint {
    /// A chat is cut off for the moment. To start the gateway anew may help.
    CutOff(String),
    /// A chat refuses the bot: its token, for one. Only a person can help.
    Refused(String),
    /// A plugin does not load. Only a person can help.
    Plugin(String),
}

/// A gateway's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// It is on its way up.
    Starting,
    /// It could not be asked, or says that it does not work.
    Silent,
    /// It answers.
    Answers {
        /// What is wrong all the same.
        complaints: Vec<Complaint>,
        /// When somebody last wrote to it.
        last_inbound_at: Option<Timestamp>,
    },
}

impl Account {
    /// Reads the document.
    #[must_use]
    pub fn of(health: &Value) -> Self {
        if health["status"] == "starting" {
            return Self::Starting;
        }
        if health["ok"] != Value::Bool(true) {
            return Self::Silent;
        }
        let now = health["ts"].as_i64();
        let plugins = &health["plugins"];
        let mut complaints: Vec<_> =
            ["errors", "unavailable"].iter().flat_map(|key| broken_plugins(&plugins[*key])).collect();
        let mut last_inbound_at = None;
        for (name, channel) in entries(&health["channels"]) {
            let accounts: Vec<_> = entries(&channel["accounts"]).collect();
            if accounts.is_empty() {
                complaints.extend(complaint(plain(name), channel, now));
            }
            for (account, state) in accounts {
                let whole = if account == "default" {
                    plain(name)
                } else {
                    format!("{}/{}", plain(name), plain(account))
                };
                complaints.extend(complaint(whole, state, now));
            }
            let inbound = channel["lastInboundAt"].as_i64();
            last_inbound_at =
                last_inbound_at.max(inbound.and_then(|ms| Timestamp::from_millisecond(ms).ok()));
        }
        Self::Answers { complaints, last_inbound_at }
    }

    /// Whether nothing is known against it.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        match self {
            Self::Answers { complaints, .. } => complaints.is_empty(),
            Self::Starting | Self::Silent => false,
        }
    }
}

/// What is wrong with one account of a chat.
fn complaint(name: String, state: &Value, now: Option<i64>) -> Option<Complaint> {
    let says = |key: &str, word: bool| state[key] == Value::Bool(word);
    if says("enabled", false) || says("configured", false) {
        return None;
    }
    if says("terminalDisconnect", true) || state["lifecycle"] == "blocked" {
        return Some(Complaint::Refused(name));
    }
    let is_quiet = state["mode"] == "polling"
        && state["lastTransportActivityAt"]
            .as_i64()
            .zip(now)
            .is_some_and(|(last, now)| now.saturating_sub(last) > POLL_SILENCE);
    let is_cut_off = says("connected", false)
        || says("running", false)
        || says("ingressUnavailable", true)
        || state["lifecycle"] == "stopped"
        || is_quiet;
    is_cut_off.then_some(Complaint::CutOff(name))
}

fn broken_plugins(errors: &Value) -> Vec<Complaint> {
    let of = |name: &str| Complaint::Plugin(plain(name));
    match errors {
        Value::Array(errors) => errors
            .iter()
            .map(|error| {
                let named = error["id"].as_str().or_else(|| error["pluginId"].as_str());
                of(named.or_else(|| error.as_str()).unwrap_or_default())
            })
            .collect(),
        Value::Object(errors) => errors.keys().map(|name| of(name)).collect(),
        Value::Number(count) if count.as_u64() == Some(0) => Vec::new(),
        Value::Null => Vec::new(),
        Value::Number(_) | Value::Bool(_) | Value::String(_) => vec![of("")],
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// The beginning of a name, as far as it is one.
fn plain(name: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    let kept: String = name.chars().take_while(is_plain).take(48).collect();
    if kept.is_empty() { "?".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_795_262_046_267;

    fn complaints_of(health: &Value) -> Vec<Complaint> {
        let Account::Answers { complaints, .. } = Account::of(health) else { panic!("{health}") };
        complaints
    }

    fn telegram(more: &Value) -> Value {
        let mut state = json!({
            "enabled": true, "configured": true, "running": true, "connected": true, "mode": "polling",
            "lifecycle": "ready", "lastTransportActivityAt": NOW - 20_000, "lastInboundAt": null,
        });
        state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({
            "ok": true, "ts": NOW, "plugins": { "loaded": ["telegram"], "errors": [] },
            "channels": { "telegram": { "accounts": { "default": state } } },
        })
    }

    #[test]
    fn what_a_gateway_says_of_a_chat_is_understood() {
        let cut_off = || vec![Complaint::CutOff("telegram".to_owned())];
        let refused = || vec![Complaint::Refused("telegram".to_owned())];
        for (more, expected) in [
            (json!({}), vec![]),
            (json!({ "connected": false }), cut_off()),
            (json!({ "connected": false, "enabled": false }), vec![]),
            (json!({ "connected": false, "lifecycle": "recovering" }), cut_off()),
            (json!({ "ingressUnavailable": true }), cut_off()),
            (json!({ "lastTransportActivityAt": NOW - 299_000 }), vec![]),
            (json!({ "lastTransportActivityAt": NOW - 301_000 }), cut_off()),
            (json!({ "lastTransportActivityAt": NOW - 301_000, "mode": "webhook" }), vec![]),
            (json!({ "running": false, "lifecycle": "blocked", "terminalDisconnect": true }), refused()),
        ] {
            assert_eq!(complaints_of(&telegram(&more)), expected, "{more}");
        }
    }

    #[test]
    fn each_account_of_a_chat_is_looked_at() {
        let health = json!({ "ok": true, "ts": NOW, "channels": {
            "discord": { "connected": false },
            "slack": { "accounts": { "work": { "connected": false }, "home": { "connected": true } } },
        }});
        let expected = ["discord", "slack/work"].map(|name| Complaint::CutOff(name.to_owned()));
        assert_eq!(complaints_of(&health), expected);
    }

    #[test]
    fn a_plugin_that_does_not_load_is_named_and_nothing_else_is_repeated() {
        for (errors, expected) in [
            (json!([]), vec![]),
            (json!([{ "id": "discord", "error": "cannot load sk-secret" }]), vec!["discord"]),
            (json!(["discord: cannot load"]), vec!["discord"]),
            (json!({ "discord": "cannot load" }), vec!["discord"]),
            (json!(2), vec!["?"]),
            (json!([{ "id": "\u{1b}[31mred" }]), vec!["?"]),
        ] {
            let found = complaints_of(&json!({ "ok": true, "plugins": { "errors": errors } }));
            let expected: Vec<_> =
                expected.into_iter().map(|name| Complaint::Plugin(name.to_owned())).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn one_that_starts_or_says_nothing_sensible_is_not_fine() {
        for (health, expected) in [
            (json!({ "status": "starting", "startupPhase": "channels" }), Account::Starting),
            (json!({ "ok": false, "error": { "kind": "timeout" } }), Account::Silent),
            (json!({}), Account::Silent),
            (json!("ok"), Account::Silent),
            (json!([1]), Account::Silent),
        ] {
            let account = Account::of(&health);
            assert!(!account.is_fine());
            assert_eq!(account, expected, "{health}");
        }
        assert!(Account::of(&telegram(&json!({}))).is_fine());
    }

    #[test]
    fn the_last_message_of_all_chats_counts() {
        let health = json!({ "ok": true, "channels": {
            "a": { "connected": true, "lastInboundAt": NOW }, "b": { "connected": true, "lastInboundAt": 5 },
        }});
        let Account::Answers { last_inbound_at, .. } = Account::of(&health) else { panic!() };
        assert_eq!(last_inbound_at.unwrap().as_millisecond(), NOW);
    }
}
