//! From the fleet to the configuration of one gateway.

use clawlets_fleet::{Fleet, JsonPath, Skills};
use clawlets_model::BotId;
use serde_json::Value;

use crate::{
    invariant::{defaults, invariants},
    port,
    settings::{at, fill, inherit_guild},
};

/// Why a gateway's configuration cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// The fleet has no such bot.
    #[error("the fleet has no bot {0}")]
    UnknownBot(BotId),
    /// Two bots would listen on one port.
    #[error(
        "bots {bot} and {rival} both have port {port}: 'clawlets config set fleet.bots.{bot}.profile.gatewayPort PORT'"
    )]
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
    /// The declaration says a thing in both of its places.
    #[error("{path} stands in the bot's openclaw and in its profile: one of them is not meant")]
    Twice {
        /// Where, below the bot's `openclaw`.
        path: JsonPath,
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
    let (config, errors) = assemble(fleet, bot);
    if errors.is_empty() { Ok(Rendered { config, port: port(fleet, bot) }) } else { Err(errors) }
}

/// The configuration as far as it can be made, and why that is not all.
pub(crate) fn assemble(fleet: &Fleet, bot: &BotId) -> (Value, Vec<GatewayError>) {
    let Some(declared) = fleet.shared.bots.get(bot) else {
        return (Value::Null, vec![GatewayError::UnknownBot(bot.clone())]);
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
    for (path, value) in of_skills(&declared.profile.skills) {
        let path: Vec<_> = path.iter().map(String::as_str).collect();
        match at(&config, &path) {
            Some(_) => errors.push(GatewayError::Twice { path: JsonPath::of(path) }),
            None => fill(&mut config, &path, value),
        }
    }
    inherit_guild(fleet, &mut config);
    for (path, value) in defaults(&config) {
        fill(&mut config, &path, value);
    }
    (config, errors)
}

/// What a profile says of skills, as the gateway has it.
fn of_skills(skills: &Skills) -> Vec<(Vec<String>, Value)> {
    let path = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    let mut found = Vec::new();
    if !skills.allow_bundled.is_empty() {
        let names = skills.allow_bundled.iter().map(ToString::to_string).collect();
        found.push((path(&["skills", "allowBundled"]), names));
    }
    if !skills.load.extra_dirs.is_empty() {
        let folders = skills.load.extra_dirs.iter().map(ToString::to_string).collect();
        found.push((path(&["skills", "load", "extraDirs"]), folders));
    }
    for (name, settings) in &skills.entries {
        found.push((path(&["skills", "entries", &name.to_string()]), Value::Object(settings.clone())));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

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
    fn a_bot_that_says_nothing_of_discord_speaks_in_the_fleets_server_and_one_that_turns_it_off_does_not() {
        let fleet =
            fleet(r#"{"maren": {}, "wren": {"openclaw": {"channels": {"discord": {"enabled": false}}}}}"#);
        let of = |name: &str| render(&fleet, &bot(name)).unwrap().config;
        let guilds = ["channels", "discord", "guilds", "123456789012345678"];
        assert!(at(&of("maren"), &guilds).is_some() && at(&of("wren"), &guilds).is_none());
        let wanted = |name: &str| {
            let declared = &fleet.shared.bots[&bot(name)];
            crate::needs(&fleet, declared).iter().any(|need| need.variable.as_str() == "DISCORD_BOT_TOKEN")
        };
        assert!(wanted("maren") && !wanted("wren"));
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
    fn what_a_profile_says_of_skills_reaches_the_gateway_and_is_said_once() {
        let bots = |openclaw: &str| {
            format!(
                r#"{{"maren": {{"openclaw": {openclaw}, "profile": {{"skills": {{
                    "allowBundled": ["github"], "load": {{"extraDirs": ["/srv/skills"]}},
                    "entries": {{"image-lab": {{"apiKey": "${{LAB_KEY}}"}}}}
                }}}}}}}}"#
            )
        };
        let rendered = render(&fleet(&bots("{}")), &bot("maren")).unwrap();
        assert_eq!(schema_faults(&rendered.config), []);
        let expected = json!({
            "allowBundled": ["github"], "load": { "extraDirs": ["/srv/skills"] },
            "entries": { "image-lab": { "apiKey": "${LAB_KEY}" } },
        });
        assert_eq!(rendered.config["skills"], expected);
        let twice = bots(r#"{"skills": {"entries": {"image-lab": {"enabled": false}}}}"#);
        let errors = render(&fleet(&twice), &bot("maren")).unwrap_err();
        assert_eq!(errors, [GatewayError::Twice { path: "skills.entries.image-lab".parse().unwrap() }]);
    }

    #[test]
    fn every_chat_that_introduces_itself_is_told_not_to() {
        let channels =
            r#"{"telegram": {}, "slack": {}, "matrix": {}, "line": {}, "discord": {}, "signal": {}}"#;
        let fleet = fleet(&format!(r#"{{"maren": {{"openclaw": {{"channels": {channels}}}}}}}"#));
        let rendered = render(&fleet, &bot("maren")).unwrap();
        assert_eq!(schema_faults(&rendered.config), []);
        for channel in ["telegram", "slack", "matrix", "line", "discord"] {
            assert_eq!(rendered.config["channels"][channel]["joinIntro"], false, "{channel}");
        }
    }

    #[test]
    fn a_port_does_not_move_when_bots_come_and_go() {
        let alone = render(&fleet(r#"{"maren": {}}"#), &bot("maren")).unwrap().port;
        let among = render(&fleet(r#"{"anna": {}, "maren": {}, "zoe": {}}"#), &bot("maren")).unwrap().port;
        assert_eq!([alone, among], [23_424; 2]);
        let mut fleet = fleet(r#"{"anna": {}, "maren": {}}"#);
        fleet.shared.bots.get_mut(&bot("anna")).unwrap().profile.gateway_port =
            clawlets_fleet::GatewayPort::new(alone).unwrap();
        let errors = render(&fleet, &bot("maren")).unwrap_err();
        assert!(matches!(&errors[0], GatewayError::PortTaken { port, .. } if *port == alone));
    }
}
