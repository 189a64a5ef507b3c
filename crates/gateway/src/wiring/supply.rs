//! Whether a bot is given what it needs.

use clawlets_fleet::{Bot, Fleet};
use clawlets_model::EnvVarName;

use super::Need;

/// Whether a bot is given a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// It is.
    Given,
    /// A secret is mapped to it, and the bot's list of variables leaves it out.
    Withheld,
    /// No secret is mapped to it.
    Missing,
}

/// Whether a bot is given a variable that it needs, or one that would do as well.
#[must_use]
pub fn supply(fleet: &Fleet, bot: &Bot, need: &Need) -> Supply {
    let others = need.instead.iter().filter_map(|name| EnvVarName::parse(name).ok());
    let all: Vec<_> =
        std::iter::once(need.variable.clone()).chain(others).map(|name| of(fleet, bot, &name)).collect();
    let is = |wanted| all.contains(&wanted);
    match (is(Supply::Given), is(Supply::Withheld)) {
        (true, true | false) => Supply::Given,
        (false, true) => Supply::Withheld,
        (false, false) => Supply::Missing,
    }
}

fn of(fleet: &Fleet, bot: &Bot, variable: &EnvVarName) -> Supply {
    let is_allowed = bot.profile.secret_env_allowlist.as_ref().is_none_or(|list| list.contains(variable));
    match (is_mapped(fleet, bot, variable), is_allowed) {
        (true, true) => Supply::Given,
        (true, false) => Supply::Withheld,
        (false, true | false) => Supply::Missing,
    }
}

/// Whether a secret is mapped to a variable, for all bots or for this one.
pub(super) fn is_mapped(fleet: &Fleet, bot: &Bot, variable: &EnvVarName) -> bool {
    [&fleet.shared.secret_env, &bot.profile.secret_env].iter().any(|map| map.contains_key(variable))
}
