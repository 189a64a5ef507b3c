//! Everything that is to be said of a bot's gateway.

use clawlets_fleet::{Fleet, JsonPath, Severity, Strictness};
use clawlets_model::BotId;
use serde::Serialize;

use crate::{
    advice::{Weight, look_over},
    render::{GatewayError, assemble},
    schema_faults,
    settings::at,
    wiring::{Supply, needs, supply},
};

/// Something that is to be said of a bot's gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The bot.
    pub bot: BotId,
    /// Where, in the declaration of the fleet.
    pub path: JsonPath,
    /// Its kind.
    pub kind: FindingKind,
    /// What is wrong, in words that fit behind the path. It holds no value of the settings.
    pub message: String,
}

/// The kind of a finding. Scripts may match on its text; it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Two bots would listen on one port.
    PortTaken,
    /// The declaration says what must not be.
    Contradiction,
    /// The declaration says a thing in two places.
    Twice,
    /// The pinned release has retired it.
    Retired,
    /// The pinned release refuses it.
    Schema,
    /// The fleet advises against it.
    Policy,
    /// A token stands in the declaration itself.
    InlineSecret,
    /// No secret is mapped to a variable that the bot needs.
    NoSecret,
    /// A variable that the bot needs is not on its list.
    Withheld,
}

impl FindingKind {
    /// The kind as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PortTaken => "port_taken",
            Self::Contradiction => "contradiction",
            Self::Twice => "twice",
            Self::Retired => "retired",
            Self::Schema => "schema",
            Self::Policy => "policy",
            Self::InlineSecret => "inline_secret",
            Self::NoSecret => "no_secret",
            Self::Withheld => "withheld",
        }
    }

    /// How bad a finding of this kind is: the gateway starts with what is a warning.
    #[must_use]
    pub const fn severity(self, strictness: Strictness) -> Severity {
        match (self, strictness) {
            (
                Self::PortTaken | Self::Contradiction | Self::Twice | Self::Retired | Self::Schema,
                Strictness::Lenient | Strictness::Strict,
            )
            | (Self::Policy | Self::InlineSecret | Self::NoSecret | Self::Withheld, Strictness::Strict) => {
                Severity::Error
            }
            (Self::Policy | Self::InlineSecret | Self::NoSecret | Self::Withheld, Strictness::Lenient) => {
                Severity::Warning
            }
        }
    }
}

/// Holds a bot's gateway against what must hold, the schema of the pinned release, the policy of the fleet, and what the
/// bot is given. What the fleet's own rules find, such as tokens in plain text, is not repeated.
///
/// A bot that the fleet does not have has no findings.
#[must_use]
pub fn check(fleet: &Fleet, bot: &BotId) -> Vec<Finding> {
    let Some(declared) = fleet.shared.bots.get(bot) else { return Vec::new() };
    let mut found = Vec::new();
    let mut find = |path: JsonPath, kind, message: String| {
        found.push(Finding { bot: bot.clone(), path, kind, message });
    };
    let within = |keys: &[&str], path: &JsonPath| {
        let bot = ["fleet", "bots", bot.as_str()];
        JsonPath::of(bot.into_iter().chain(keys.iter().copied()).chain(path.segments()))
    };
    let openclaw = |path: &JsonPath| within(&["openclaw"], path);
    let (config, errors) = assemble(fleet, bot);
    let mut told = Vec::new();
    for error in errors {
        match error {
            GatewayError::UnknownBot(_) => {}
            GatewayError::PortTaken { rival, port, .. } => {
                let path = within(&["profile", "gatewayPort"], &JsonPath::root());
                let message = format!("{port} is the port of {rival} too: 'clawlets config set {path} PORT'");
                find(path, FindingKind::PortTaken, message);
            }
            GatewayError::Contradiction { path, expected, reason } => {
                find(openclaw(&path), FindingKind::Contradiction, format!("must be {expected}: {reason}"));
                told.push(path);
            }
            GatewayError::Twice { path } => {
                let message = "stands in the bot's profile too: one of them is not meant".to_owned();
                find(openclaw(&path), FindingKind::Twice, message);
            }
        }
    }
    let declaration = serde_json::Value::Object(declared.openclaw.clone());
    for advice in look_over(&declaration) {
        let kind = match advice.weight {
            Weight::Refused => FindingKind::Retired,
            Weight::Policy => FindingKind::Policy,
        };
        find(openclaw(&advice.path), kind, advice.message.into_owned());
        told.push(advice.path);
    }
    for fault in schema_faults(&config).into_iter().filter(|fault| !told.contains(&fault.path)) {
        let keys: Vec<_> = fault.path.segments().collect();
        // Skills may stand in the profile, from where they were taken over.
        let is_of_profile =
            keys.first() == Some(&"skills") && at(&declaration, &keys[..keys.len().min(3)]).is_none();
        let path = if is_of_profile { within(&["profile"], &fault.path) } else { openclaw(&fault.path) };
        find(path, FindingKind::Schema, fault.message);
    }
    for need in needs(fleet, declared) {
        let (kind, message) = match supply(fleet, declared, &need) {
            Supply::Given => continue,
            Supply::Missing => {
                let message = format!("has no {}: {}", need.variable, need.reason);
                (FindingKind::NoSecret, message)
            }
            Supply::Withheld => {
                let message = format!("leaves {} out: {}", need.variable, need.reason);
                (FindingKind::Withheld, message)
            }
        };
        let key = if kind == FindingKind::Withheld { "secretEnvAllowlist" } else { "secretEnv" };
        find(within(&["profile", key], &JsonPath::root()), kind, message);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(openclaw: &str, profile: &str) -> Vec<(String, FindingKind)> {
        let text = format!(
            r#"{{"schemaVersion": 13, "fleet": {{"botOrder": ["a"], "bots": {{"a": {{"openclaw": {openclaw}, "profile": {profile}}}}}}}, "hosts": {{"h1": {{}}}}}}"#
        );
        let fleet = Fleet::read(&text).unwrap_or_else(|error| panic!("{error:?}")).fleet;
        let found = check(&fleet, &BotId::parse("a").unwrap()).into_iter();
        found.map(|found| (found.path.to_string(), found.kind)).collect()
    }

    #[test]
    fn each_thing_is_told_once_and_at_its_place() {
        let wired = r#"{"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "x"}}"#;
        let told = |path: &str, kind| vec![(format!("fleet.bots.a.{path}"), kind)];
        for (openclaw, profile, expected) in [
            ("{}", wired, Vec::new()),
            (r#"{"gateway": {"bind": 5}}"#, wired, told("openclaw.gateway.bind", FindingKind::Contradiction)),
            (r#"{"agents": {"list": []}}"#, wired, told("openclaw.agents.list", FindingKind::Retired)),
            (r#"{"gatway": {}}"#, wired, told("openclaw.gatway", FindingKind::Schema)),
            (
                r#"{"gateway": {"tailscale": {"mode": "funnel"}}}"#,
                wired,
                told("openclaw.gateway.tailscale.mode", FindingKind::Policy),
            ),
            ("{}", "{}", told("profile.secretEnv", FindingKind::NoSecret)),
            (
                "{}",
                r#"{"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "x"}, "secretEnvAllowlist": []}"#,
                told("profile.secretEnvAllowlist", FindingKind::Withheld),
            ),
            (
                "{}",
                r#"{"secretEnv": {"OPENCLAW_GATEWAY_TOKEN": "x"}, "skills": {"entries": {"lab": {"odd": 1}}}}"#,
                told("profile.skills.entries.lab.odd", FindingKind::Schema),
            ),
        ] {
            assert_eq!(kinds(openclaw, profile), expected, "{openclaw} {profile}");
        }
    }
}
