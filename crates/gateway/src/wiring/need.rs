//! The variables that a bot needs.

use std::collections::BTreeMap;

use clawlets_fleet::{Bot, Fleet, variables_in};
use clawlets_model::EnvVarName;
use serde_json::Value;

use super::provider::{CHANNEL_TOKENS, PROVIDERS};
use crate::{
    invariant::TOKEN_VARIABLE,
    reference::references,
    settings::{at, channels, children, inherit_guild},
};

/// A variable that a bot needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The variable.
    pub variable: EnvVarName,
    /// Why, as a sentence about the bot.
    pub reason: String,
    /// Variables that would do as well.
    pub instead: &'static [&'static str],
}

/// Every variable that a bot of the fleet needs, by name: those that its settings refer to, and those that its gateway, its
/// chats and its models take from the environment. A bot that names no model thinks with that of its host.
#[must_use]
pub fn needs(fleet: &Fleet, bot: &Bot) -> Vec<Need> {
    let mut needs = BTreeMap::new();
    let mut need = |variable: EnvVarName, reason: String, instead| {
        needs.entry(variable.clone()).or_insert(Need { variable, reason, instead });
    };
    need(known(TOKEN_VARIABLE), "its gateway asks for a token".to_owned(), &[]);
    let mut config = Value::Object(bot.openclaw.clone());
    inherit_guild(fleet, &mut config);
    let entries = bot.profile.skills.entries.iter();
    let skills: Value =
        entries.map(|(name, entry)| (name.to_string(), Value::Object(entry.clone()))).collect();
    for (within, settings) in [("openclaw", &config), ("profile.skills.entries", &skills)] {
        for reference in references(settings) {
            let variable = reference.variable.as_str();
            if !is_given_inside(&config, &reference.variable) && !is_given_by_host(bot, variable) {
                let reason = format!("{within}.{} refers to it", reference.path);
                need(reference.variable, reason, &[]);
            }
        }
    }
    for (name, settings) in channels(&config).filter(|(_, settings)| settings.get("accounts").is_none()) {
        for token in CHANNEL_TOKENS.iter().filter(|token| token.channel == name) {
            let is_http = settings.get("mode").is_some_and(|mode| mode == "http");
            let is_wanted = token.variable != "SLACK_APP_TOKEN" || !is_http;
            if is_wanted && token.settings.iter().all(|key| settings.get(key).is_none()) {
                need(known(token.variable), format!("it speaks on {name}"), &[]);
            }
        }
    }
    let mut models = Vec::new();
    collect_models(&config, &mut models);
    if at(&config, &["agents", "defaults", "model"]).is_none() {
        models.extend(
            fleet.hosts.values().filter_map(|host| Some(host.agent_model_primary.as_ref()?.as_str())),
        );
    }
    for model in models {
        let name = model.split('/').next().unwrap_or_default();
        let has_key = at(&config, &["models", "providers", name, "apiKey"]).is_some();
        if let Some(provider) = PROVIDERS.iter().find(|provider| provider.name == name && !has_key) {
            need(known(provider.key), format!("it thinks with {model}"), provider.instead);
        }
    }
    needs.into_values().collect()
}

fn known(variable: &str) -> EnvVarName {
    EnvVarName::parse(variable).expect("the name is written here and follows the grammar")
}

/// Variables that are no secrets, and that the host sets for every gateway.
const OF_HOST: [&str; 16] = [
    "HOME",
    "HOSTNAME",
    "LANG",
    "LOGNAME",
    "OPENCLAW_CONFIG_PATH",
    "OPENCLAW_GATEWAY_PORT",
    "OPENCLAW_GATEWAY_URL",
    "OPENCLAW_HOME",
    "OPENCLAW_STATE_DIR",
    "OPENCLAW_WORKSPACE_DIR",
    "PATH",
    "PWD",
    "SHELL",
    "TMPDIR",
    "TZ",
    "USER",
];
/// Variables that hold the tokens of a bot's GitHub App, which are made on the host.
const OF_APP: [&str; 3] = ["GH_TOKEN", "GITHUB_APP_TOKEN", "GITHUB_TOKEN"];

/// Whether the host gives a bot a variable that no secret is mapped to.
fn is_given_by_host(bot: &Bot, variable: &str) -> bool {
    let has_app = bot.profile.github.app_id > 0;
    OF_HOST.contains(&variable) || variable.starts_with("XDG_") || has_app && OF_APP.contains(&variable)
}

/// Whether the settings themselves give a variable its value. One that refers to another, or to itself, is none.
fn is_given_inside(config: &Value, variable: &EnvVarName) -> bool {
    let value = at(config, &["env", "vars", variable.as_str()]).and_then(Value::as_str);
    value.is_some_and(|value| !value.trim().is_empty() && variables_in(value).next().is_none())
}

/// The models that the settings name, wherever they do: under `model`, `imageModel` and the like, alone or as a first
/// choice with others to fall back to.
fn collect_models<'v>(settings: &'v Value, found: &mut Vec<&'v str>) {
    for (key, value) in children(Some(settings)) {
        if key == "model" || key.ends_with("Model") {
            let fallbacks = value.get("fallbacks").and_then(Value::as_array);
            let primary = value.as_str().or_else(|| value.get("primary").and_then(Value::as_str));
            let all = primary.into_iter().chain(fallbacks.into_iter().flatten().filter_map(Value::as_str));
            found.extend(all.filter(|name| name.contains('/')));
        }
        collect_models(value, found);
    }
    for item in settings.as_array().into_iter().flatten() {
        collect_models(item, found);
    }
}
