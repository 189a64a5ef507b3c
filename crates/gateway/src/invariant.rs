//! What must hold for the gateway of every bot.

use clawlets_model::BotId;
use serde_json::{Value, json};

use crate::settings::speaks_on;

/// The variable that holds the token of a bot's gateway.
pub const TOKEN_VARIABLE: &str = "OPENCLAW_GATEWAY_TOKEN";
/// The variable that holds the token of a gateway's hooks.
pub(crate) const HOOKS_VARIABLE: &str = "OPENCLAW_HOOKS_TOKEN";

/// Chats in which a fresh bot introduces itself unless it is told not to.
const INTRODUCE: [&str; 5] = ["discord", "line", "matrix", "slack", "telegram"];

/// A setting and the value that it must have.
pub(crate) struct Invariant {
    pub(crate) path: &'static [&'static str],
    pub(crate) value: Value,
    /// Why, as the end of "it must be so because …".
    pub(crate) reason: &'static str,
}

/// What no declaration may say otherwise.
pub(crate) fn invariants(bot: &BotId, port: u16) -> Vec<Invariant> {
    let of = |path, value, reason| Invariant { path, value, reason };
    vec![
        of(&["gateway", "mode"], json!("local"), "the gateway runs on the bot's own host"),
        of(&["gateway", "bind"], json!("loopback"), "nothing outside of the host may reach it"),
        of(
            &["gateway", "port"],
            json!(port),
            "each bot has a port of its own, which gatewayPort in its profile names",
        ),
        of(&["gateway", "auth", "mode"], json!("token"), "other users of the host may not use it"),
        of(
            &["gateway", "auth", "token"],
            json!(format!("${{{TOKEN_VARIABLE}}}")),
            "its token is a secret of the fleet and stands in no file",
        ),
        of(
            &["agents", "defaults", "workspace"],
            json!(format!("/srv/clawlets/{bot}/workspace")),
            "the workspace is made and kept there",
        ),
    ]
}

/// What is filled in where the declaration says nothing.
pub(crate) fn defaults(config: &Value) -> Vec<(Vec<&'static str>, Value)> {
    let mut wanted = vec![
        (vec!["gateway", "tailscale", "mode"], json!("off")),
        (vec!["update", "checkOnStart"], json!(false)),
        (vec!["telemetry", "enabled"], json!(false)),
    ];
    if speaks_on(config, "discord") {
        wanted.push((vec!["messages", "queue", "byChannel", "discord"], json!("interrupt")));
    }
    let introduced = INTRODUCE.into_iter().filter(|channel| speaks_on(config, channel));
    wanted.extend(introduced.map(|channel| (vec!["channels", channel, "joinIntro"], json!(false))));
    wanted
}
