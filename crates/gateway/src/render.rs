//! From the fleet to the configuration of one gateway.

use clawlets_fleet::{Fleet, JsonPath};
use clawlets_model::BotId;
use serde_json::{Map, Value, json};

use crate::{
    advice::speaks_on_discord,
    invariant::{defaults, discord_defaults, invariants},
    port,
};

/// The variable that holds the token of a bot's gateway.
pub const TOKEN_VARIABLE: &str = "OPENCLAW_GATEWAY_TOKEN";

/// Why a gateway's configuration cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// The fleet has no such bot.
    #[error("the fleet has no bot {0}")]
    UnknownBot(BotId),
    /// Two bots would listen on one port.
    #[error("bots {bot} and {rival} both have port {port}: set gatewayPort in the profile of one of them")]
    PortTaken {
        /// The bot.
        bot: BotId,
        /// The other one.
        rival: BotId,
        /// The port.
        port: u16,
    },
    /// The declaration says what must not be.
    #[error("{path} must be {expected}: {reason}")]
    Contradiction {
        /// Where, below the bot's `openclaw`.
        path: JsonPath,
        /// What it must be, as JSON.
        expected: String,
        /// Why.
        reason: &'static str,
    },
}

/// The configuration of one gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// The document: JSON, which the gateway's JSON5 holds.
    pub config: Value,
    /// The port that it listens on, on loopback.
    pub port: u16,
}

/// Renders the configuration of a bot's gateway: its declaration, what the fleet shares, and what must hold.
///
/// # Errors
/// [`GatewayError`], every one of them that applies.
pub fn render(fleet: &Fleet, bot: &BotId) -> Result<Rendered, Vec<GatewayError>> {
    let Some(declared) = fleet.shared.bots.get(bot) else {
        return Err(vec![GatewayError::UnknownBot(bot.clone())]);
    };
    let mut errors = Vec::new();
    let port = port(fleet, bot);
    if let Some(rival) = port::rival(fleet, bot) {
        errors.push(GatewayError::PortTaken { bot: bot.clone(), rival: rival.clone(), port });
    }
    let mut config = Value::Object(declared.openclaw.clone());
    for invariant in invariants(bot, port) {
        match at(&config, invariant.path) {
            Some(found) if *found != invariant.value => errors.push(GatewayError::Contradiction {
                path: JsonPath::of(invariant.path.iter().copied()),
                expected: invariant.value.to_string(),
                reason: invariant.reason,
            }),
            Some(_) | None => fill(&mut config, invariant.path, invariant.value),
        }
    }
    let mut wanted = defaults();
    if speaks_on_discord(&config) {
        wanted.extend(discord_defaults());
        inherit_guild(fleet, &mut config);
    }
    for (path, value) in wanted {
        fill(&mut config, path, value);
    }
    if errors.is_empty() { Ok(Rendered { config, port }) } else { Err(errors) }
}

/// A bot that names no guild of its own speaks in the fleet's.
fn inherit_guild(fleet: &Fleet, config: &mut Value) {
    if let Some(guild) = &fleet.shared.discord.guild_id {
        let guilds = json!({ guild.to_string(): { "requireMention": true } });
        fill(config, &["channels", "discord", "guilds"], guilds);
    }
}

/// The value at a path.
pub(crate) fn at<'a>(config: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(config, |value, key| value.get(key))
}

/// Sets a value where there is none. What stands in the way, a text where an object should be, is left for the schema to
/// report.
fn fill(config: &mut Value, path: &[&str], value: Value) {
    let Some((last, folders)) = path.split_last() else { return };
    let mut place = config;
    for key in folders {
        let Some(object) = place.as_object_mut() else { return };
        place = object.entry(*key).or_insert_with(|| Value::Object(Map::new()));
    }
    if let Some(object) = place.as_object_mut() {
        object.entry(*last).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema_faults;

    fn fleet(bots: &str) -> Fleet {
        let order: Vec<String> =
            serde_json::from_str::<Map<String, Value>>(bots).unwrap().keys().cloned().collect();
        let order = json!(order);
        let text = format!(
            r#"{{"schemaVersion": 13, "fleet": {{"discord": {{"guildId": "123456789012345678"}}, "botOrder": {order}, "bots": {bots}}}, "hosts": {{"h1": {{}}}}}}"#
        );
        Fleet::read(&text).unwrap_or_else(|error| panic!("{error:?}")).fleet
    }

    fn bot(name: &str) -> BotId {
        BotId::parse(name).unwrap()
    }

    #[test]
    fn what_must_hold_holds_and_the_result_is_valid() {
        let fleet = fleet(
            r#"{"maren": {"openclaw": {"messages": {"queue": {"byChannel": {"discord": "interrupt"}}}, "channels": {"discord": {"enabled": true, "token": "${DISCORD_BOT_TOKEN}"}}}}}"#,
        );
        let rendered = render(&fleet, &bot("maren")).unwrap();
        assert_eq!(schema_faults(&rendered.config), []);
        let value = |path: &[&str]| at(&rendered.config, path).cloned().unwrap_or_default();
        assert_eq!(value(&["gateway", "bind"]), "loopback");
        assert_eq!(value(&["gateway", "port"]), rendered.port);
        assert_eq!(value(&["gateway", "auth", "token"]), "${OPENCLAW_GATEWAY_TOKEN}");
        assert_eq!(value(&["channels", "discord", "joinIntro"]), false);
        assert_eq!(value(&["channels", "discord", "guilds", "123456789012345678", "requireMention"]), true);
    }

    #[test]
    fn a_declaration_that_says_otherwise_is_refused_with_the_reason() {
        let fleet =
            fleet(r#"{"maren": {"openclaw": {"gateway": {"bind": "lan", "auth": {"mode": "none"}}}}}"#);
        let errors = render(&fleet, &bot("maren")).unwrap_err();
        let paths: Vec<_> = errors
            .iter()
            .map(|error| {
                let GatewayError::Contradiction { path, .. } = error else { panic!("{error}") };
                path.to_string()
            })
            .collect();
        assert_eq!(paths, ["gateway.bind", "gateway.auth.mode"]);
        assert!(matches!(render(&fleet, &bot("nobody")).unwrap_err()[0], GatewayError::UnknownBot(_)));
    }

    #[test]
    fn a_port_does_not_move_when_bots_come_and_go() {
        let alone = render(&fleet(r#"{"maren": {}}"#), &bot("maren")).unwrap().port;
        let among = render(&fleet(r#"{"anna": {}, "maren": {}, "zoe": {}}"#), &bot("maren")).unwrap().port;
        assert_eq!(alone, among);
        assert!((20_000..30_000).contains(&alone));
        let declared = format!(r#"{{"anna": {{"profile": {{"gatewayPort": {alone}}}}}, "maren": {{}}}}"#);
        let errors = render(&fleet(&declared), &bot("maren")).unwrap_err();
        assert!(matches!(&errors[0], GatewayError::PortTaken { port, .. } if *port == alone));
    }
}
