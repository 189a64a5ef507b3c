//! Variables that a bot needs, and the secrets that hold them.

use std::collections::BTreeMap;

use clawlets_fleet::{Fleet, JsonPath};
use clawlets_model::{BotId, EnvVarName, SecretName};
use serde::Serialize;
use serde_json::Value;

use crate::{
    advice::speaks_on_discord,
    reference::references,
    render::{TOKEN_VARIABLE, at},
};

/// A variable without a secret, and the secret that is proposed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The bot that needs it.
    pub bot: BotId,
    /// The variable.
    pub variable: EnvVarName,
    /// The secret.
    pub secret: SecretName,
    /// Where the mapping belongs: `fleet.secretEnv`, or the bot's own profile.
    pub place: JsonPath,
    /// Why the bot needs it.
    pub reason: String,
}

/// Providers of models by the name in front of the slash, the variable of their key, and the usual name of the secret.
const PROVIDERS: [(&str, &str, &str); 8] = [
    ("anthropic", "ANTHROPIC_API_KEY", "anthropic_api_key"),
    ("google", "GEMINI_API_KEY", "gemini_api_key"),
    ("groq", "GROQ_API_KEY", "groq_api_key"),
    ("mistral", "MISTRAL_API_KEY", "mistral_api_key"),
    ("openai", "OPENAI_API_KEY", "openai_api_key"),
    ("openrouter", "OPENROUTER_API_KEY", "openrouter_api_key"),
    ("xai", "XAI_API_KEY", "xai_api_key"),
    ("zai", "ZAI_API_KEY", "z_ai_api_key"),
];
/// Variables that stand for the key of a provider as well.
const INSTEAD: [(&str, &str); 1] = [("ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN")];

/// Every variable that a bot needs, with why: those that its settings refer to, those that its channels, its models and
/// its gateway take from the environment.
#[must_use]
pub fn needed(fleet: &Fleet, bot: &BotId) -> BTreeMap<EnvVarName, String> {
    let mut needed = BTreeMap::new();
    let Some(declared) = fleet.shared.bots.get(bot) else { return needed };
    let mut need = |variable: &str, reason: String| {
        if let Ok(variable) = EnvVarName::parse(variable) {
            needed.entry(variable).or_insert(reason);
        }
    };
    need(TOKEN_VARIABLE, "its gateway asks for a token".to_owned());
    let config = Value::Object(declared.openclaw.clone());
    let entries = declared.profile.skills.entries.iter();
    let skills: Value =
        entries.map(|(name, entry)| (name.to_string(), Value::Object(entry.clone()))).collect();
    for (within, settings) in [("openclaw", &config), ("profile.skills.entries", &skills)] {
        for reference in references(settings) {
            need(reference.variable.as_str(), format!("{within}.{} refers to it", reference.path));
        }
    }
    if speaks_on_discord(&config) && at(&config, &["channels", "discord", "token"]).is_none() {
        need("DISCORD_BOT_TOKEN", "it speaks on Discord".to_owned());
    }
    let telegram = at(&config, &["channels", "telegram"]);
    if telegram
        .is_some_and(|telegram| ["botToken", "tokenFile"].iter().all(|key| telegram.get(key).is_none()))
    {
        need("TELEGRAM_BOT_TOKEN", "it speaks on Telegram".to_owned());
    }
    for model in models(&config) {
        let provider = model.split('/').next().unwrap_or_default();
        if let Some((_, variable, _)) = PROVIDERS.iter().find(|(name, _, _)| *name == provider) {
            need(variable, format!("it thinks with {model}"));
        }
    }
    needed
}

/// Proposes a secret for every variable that a bot of the fleet needs and has none for.
#[must_use]
pub fn wire(fleet: &Fleet) -> Vec<Proposal> {
    let bots = fleet.shared.bots.keys();
    let mut proposals: Vec<Proposal> = bots.flat_map(|bot| of_bot(fleet, bot)).collect();
    // What all bots share is proposed once.
    let mut seen = Vec::new();
    proposals.retain(|proposal| {
        let place = (proposal.place.clone(), proposal.variable.clone());
        let is_new = !seen.contains(&place);
        seen.push(place);
        is_new
    });
    proposals
}

fn of_bot(fleet: &Fleet, bot: &BotId) -> Vec<Proposal> {
    let Some(declared) = fleet.shared.bots.get(bot) else { return Vec::new() };
    let is_wired = |variable: &str| {
        let maps = [&fleet.shared.secret_env, &declared.profile.secret_env];
        maps.iter().any(|map| map.keys().any(|known| known.as_str() == variable))
    };
    let has_another = |variable: &str| INSTEAD.iter().any(|(one, other)| *one == variable && is_wired(other));
    let missing = needed(fleet, bot).into_iter();
    let missing =
        missing.filter(|(variable, _)| !is_wired(variable.as_str()) && !has_another(variable.as_str()));
    missing.filter_map(|(variable, reason)| propose(bot, variable, reason)).collect()
}

fn propose(bot: &BotId, variable: EnvVarName, reason: String) -> Option<Proposal> {
    let own = |prefix: &str| {
        (format!("{prefix}_{bot}"), JsonPath::of(["fleet", "bots", bot.as_str(), "profile", "secretEnv"]))
    };
    let provider = PROVIDERS.iter().find(|(_, name, _)| *name == variable.as_str());
    let (secret, place) = match (variable.as_str(), provider) {
        (TOKEN_VARIABLE, _) => own("gateway_token"),
        ("DISCORD_BOT_TOKEN", _) => own("discord_token"),
        ("TELEGRAM_BOT_TOKEN", _) => own("telegram_token"),
        (_, Some((_, _, secret))) => ((*secret).to_owned(), JsonPath::of(["fleet", "secretEnv"])),
        (other, None) => own(&other.to_ascii_lowercase()),
    };
    Some(Proposal { bot: bot.clone(), variable, secret: SecretName::parse(&secret).ok()?, place, reason })
}

/// The models that the settings name, wherever they do.
fn models(config: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let defaults = at(config, &["agents", "defaults", "model"]);
    let entries = at(config, &["agents", "entries"]).and_then(Value::as_object);
    let each = entries.into_iter().flatten().filter_map(|(_, agent)| agent.get("model"));
    for model in defaults.into_iter().chain(each) {
        let primary = model.as_str().or_else(|| model.get("primary").and_then(Value::as_str));
        let fallbacks = model.get("fallbacks").and_then(Value::as_array).into_iter().flatten();
        found.extend(primary.into_iter().chain(fallbacks.filter_map(Value::as_str)).map(str::to_owned));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet(shared: &str) -> Fleet {
        let text = format!(r#"{{"schemaVersion": 13, "fleet": {shared}, "hosts": {{"h1": {{}}}}}}"#);
        Fleet::read(&text).unwrap_or_else(|error| panic!("{error:?}")).fleet
    }

    fn proposed(fleet: &Fleet) -> Vec<(String, String, String)> {
        let text = |proposal: Proposal| {
            (proposal.variable.to_string(), proposal.secret.to_string(), proposal.place.to_string())
        };
        wire(fleet).into_iter().map(text).collect()
    }

    #[test]
    fn each_variable_without_a_secret_gets_a_proposal_where_it_belongs() {
        let fleet = fleet(
            r#"{"botOrder": ["maren"], "bots": {"maren": {"openclaw": {
                "channels": {"telegram": {"enabled": true}},
                "hooks": {"token": "${HOOK_TOKEN}", "path": "$${LITERAL}"},
                "agents": {"defaults": {"model": {"primary": "zai/glm-4.7", "fallbacks": ["anthropic/claude"]}}}
            }}}}"#,
        );
        let own = "fleet.bots.maren.profile.secretEnv";
        let expected = [
            ("ANTHROPIC_API_KEY", "anthropic_api_key", "fleet.secretEnv"),
            ("HOOK_TOKEN", "hook_token_maren", own),
            ("OPENCLAW_GATEWAY_TOKEN", "gateway_token_maren", own),
            ("TELEGRAM_BOT_TOKEN", "telegram_token_maren", own),
            ("ZAI_API_KEY", "z_ai_api_key", "fleet.secretEnv"),
        ];
        assert_eq!(proposed(&fleet), expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
    }

    #[test]
    fn what_is_wired_or_has_another_credential_is_left_alone_and_what_is_shared_comes_once() {
        let fleet = fleet(
            r#"{"secretEnv": {"ANTHROPIC_OAUTH_TOKEN": "a"}, "botOrder": ["a", "b"], "bots": {
                "a": {"openclaw": {"agents": {"defaults": {"model": "anthropic/claude"}}}, "profile": {"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "x"}}},
                "b": {"openclaw": {"agents": {"defaults": {"model": "zai/glm"}}}, "profile": {"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "y"}}}
            }}"#,
        );
        assert_eq!(proposed(&fleet).len(), 1);
    }
}
