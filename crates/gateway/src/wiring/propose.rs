//! A secret for every variable that has none.

use std::collections::HashSet;

use clawlets_fleet::{Fleet, JsonPath};
use clawlets_model::{BotId, EnvVarName, SecretName};
use sha2::{Digest, Sha256};

use super::{
    Need, Supply, needs,
    provider::{CHANNEL_TOKENS, PROVIDERS},
    supply,
};
use crate::invariant::TOKEN_VARIABLE;

/// A variable that a bot needs and is not given, and what gives it to the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The bot that needs it.
    pub bot: BotId,
    /// The variable.
    pub variable: EnvVarName,
    /// Why the bot needs it.
    pub reason: String,
    /// The secret to map to it, and the map that this belongs in: `fleet.secretEnv` or the bot's own. None where a secret
    /// is mapped already, or is proposed for another bot.
    pub mapping: Option<(JsonPath, SecretName)>,
    /// The bot's list of variables, which the variable must be added to; none where the bot has no such list.
    pub allowlist: Option<JsonPath>,
}

/// Proposes what gives every bot of the fleet the variables that it needs.
#[must_use]
pub fn wire(fleet: &Fleet) -> Vec<Proposal> {
    let mut proposals: Vec<Proposal> = Vec::new();
    let mut mapped: HashSet<(JsonPath, EnvVarName)> = HashSet::new();
    for (id, bot) in &fleet.shared.bots {
        for need in needs(fleet, bot) {
            let mut mapping = match supply(fleet, bot, &need) {
                Supply::Given => continue,
                Supply::Withheld => None,
                Supply::Missing => Some(mapping(id, &need)),
            };
            let list = bot.profile.secret_env_allowlist.as_ref();
            let is_left_out = list.is_some_and(|list| !list.contains(&need.variable));
            let allowlist = is_left_out
                .then(|| JsonPath::of(["fleet", "bots", id.as_str(), "profile", "secretEnvAllowlist"]));
            // What all bots share is mapped once.
            if let Some((place, _)) = &mapping
                && !mapped.insert((place.clone(), need.variable.clone()))
            {
                mapping = None;
            }
            if mapping.is_some() || allowlist.is_some() {
                let Need { variable, reason, .. } = need;
                proposals.push(Proposal { bot: id.clone(), variable, reason, mapping, allowlist });
            }
        }
    }
    proposals
}

/// The map that a variable belongs in, and the usual name of its secret.
fn mapping(bot: &BotId, need: &Need) -> (JsonPath, SecretName) {
    let variable = need.variable.as_str();
    if PROVIDERS.iter().any(|provider| provider.key == variable) {
        let usual =
            if variable == "ZAI_API_KEY" { "z_ai_api_key".to_owned() } else { variable.to_ascii_lowercase() };
        return (JsonPath::of(["fleet", "secretEnv"]), secret(&usual));
    }
    let channel = CHANNEL_TOKENS.iter().find(|token| token.variable == variable);
    let usual = match channel {
        Some(token) => token.secret.to_owned(),
        None if variable == TOKEN_VARIABLE => "gateway_token".to_owned(),
        None => variable.to_ascii_lowercase(),
    };
    let place = JsonPath::of(["fleet", "bots", bot.as_str(), "profile", "secretEnv"]);
    (place, secret(&format!("{usual}_{bot}")))
}

/// A name as it is wished, or one that follows from it where a secret cannot be called so.
fn secret(wished: &str) -> SecretName {
    let name = wished.trim_start_matches('_');
    SecretName::parse(name).unwrap_or_else(|_| {
        let digest = Sha256::digest(wished);
        let mark = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        let kept: String = name.chars().filter(char::is_ascii).take(40).collect();
        SecretName::parse(&format!("secret_{mark:08x}_{kept}")).expect(
            "the characters of a variable and of a bot may stand in a secret's name, and these are few",
        )
    })
}
