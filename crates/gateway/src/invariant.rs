//! What must hold for the gateway of every bot.

use clawlets_model::BotId;
use serde_json::{Value, json};

use crate::render::TOKEN_VARIABLE;

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
            "each bot has a port of its own: set gatewayPort in its profile",
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
pub(crate) fn defaults() -> Vec<(&'static [&'static str], Value)> {
    vec![
        (&["gateway", "tailscale", "mode"], json!("off")),
        (&["update", "checkOnStart"], json!(false)),
        (&["telemetry", "enabled"], json!(false)),
    ]
}

/// What is filled in besides for a bot that speaks on Discord.
pub(crate) fn discord_defaults() -> Vec<(&'static [&'static str], Value)> {
    vec![
        (&["messages", "queue", "byChannel", "discord"], json!("interrupt")),
        (&["channels", "discord", "joinIntro"], json!(false)),
    ]
}
