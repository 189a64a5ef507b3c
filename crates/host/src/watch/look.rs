//! One look at one bot.

use std::time::Duration;

use clawlets_model::BotId;
use serde_json::Value;

use super::unit::{PROPERTIES, Unit};
use crate::{Interrupt, config::Config, health::Account, process};

/// What one look shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotLook {
    /// Its service.
    pub unit: Unit,
    /// What its gateway says. It is asked only while its service runs, and is silent otherwise.
    pub account: Account,
}

/// The name of a bot's service.
pub(super) fn unit_of(config: &Config, bot: &BotId) -> String {
    let named = config.watch.units.get(bot).cloned();
    named.unwrap_or_else(|| format!("clawlets-bot-{bot}.service"))
}

/// Looks at a bot: its service first, then its gateway.
pub(super) fn look(
    config: &Config,
    bot: &BotId,
    ask: &[String],
    may_go_on: impl Fn() -> Result<(), Interrupt> + Copy,
) -> BotLook {
    let limit = config.watch.deadline.duration();
    let words = ["show", PROPERTIES, "--"].map(str::to_owned);
    let argv: Vec<_> =
        config.health.systemctl.iter().cloned().chain(words).chain([unit_of(config, bot)]).collect();
    let unit = output(&argv, limit, may_go_on).map_or(Unit::Unknown, |shown| Unit::of(&shown));
    let account = match unit {
        Unit::Active { .. } => output(ask, limit, may_go_on)
            .and_then(|said| serde_json::from_str::<Value>(&said).ok())
            .map_or(Account::Silent, |health| Account::of(&health)),
        Unit::Changing
        | Unit::Stopped
        | Unit::ConfigRefused
        | Unit::Failed
        | Unit::Missing
        | Unit::Unknown => Account::Silent,
    };
    BotLook { unit, account }
}

/// What a program printed, if it ended well and in time.
pub(super) fn output(
    argv: &[String],
    limit: Duration,
    may_go_on: impl Fn() -> Result<(), Interrupt>,
) -> Option<String> {
    let mut command = process::command(argv).ok()?;
    let ended = process::run(&mut command, limit, may_go_on).ok()?;
    ended.status.success().then_some(ended.out)
}
