//! Settings that open the gateway to others than its host and its chats.

use serde_json::{Value, json};

use super::{Advice, Remedy, policy};
use crate::{
    invariant::HOOKS_VARIABLE,
    settings::{at, children},
};

/// How deep dangerous switches are looked for: deeper than any setting lies.
const DEEPEST: usize = 32;

pub(super) fn look(config: &Value) -> Vec<Advice> {
    let mut found = Vec::new();
    let tailscale = ["gateway", "tailscale", "mode"];
    if at(config, &tailscale).is_some_and(|mode| mode != "off") {
        let message = "would publish the gateway beyond its host";
        found.push(policy(tailscale, message, Remedy::Set(json!("off"))));
    }
    let origins = ["gateway", "controlUi", "allowedOrigins"];
    if at(config, &origins).and_then(Value::as_array).is_some_and(|list| list.iter().any(|one| one == "*")) {
        found.push(policy(origins, "'*' is every page on the web", Remedy::ByHand));
    }
    dangerous(config, &mut Vec::new(), &mut found);
    let hooks = at(config, &["hooks"]);
    let is_set = |key: &str| hooks.and_then(|hooks| hooks.get(key)).is_some();
    if hooks.and_then(|hooks| hooks.get("enabled")) == Some(&json!(true)) && !is_set("token") {
        let message = "is not set, so that anybody on the host could give the bot orders";
        let reference = json!(format!("${{{HOOKS_VARIABLE}}}"));
        found.push(policy(["hooks", "token"], message, Remedy::Set(reference)));
    }
    found
}

/// Switches that say themselves what they are.
fn dangerous<'v>(settings: &'v Value, path: &mut Vec<&'v str>, found: &mut Vec<Advice>) {
    if path.len() >= DEEPEST {
        return;
    }
    for (key, value) in children(Some(settings)) {
        path.push(key);
        if key.starts_with("dangerously") && *value == json!(true) {
            let message = "switches a protection off";
            found.push(policy(path.iter().copied(), message, Remedy::Remove));
        }
        dangerous(value, path, found);
        path.pop();
    }
}
