//! The variables that a bot is to be given, and no others.

use std::collections::BTreeSet;

use clawlets_fleet::{Bot, Fleet};
use clawlets_model::EnvVarName;

use super::{needs, supply::is_mapped};

/// The list that gives a bot what it needs and what is mapped for it alone, and keeps the other secrets of the fleet from
/// it: what belongs in its `secretEnvAllowlist`, by name.
#[must_use]
pub fn allowlist(fleet: &Fleet, bot: &Bot) -> Vec<EnvVarName> {
    let mut allowed: BTreeSet<EnvVarName> = bot.profile.secret_env.keys().cloned().collect();
    for need in needs(fleet, bot) {
        let others = need.instead.iter().filter_map(|name| EnvVarName::parse(name).ok());
        let others: Vec<_> = others.filter(|name| is_mapped(fleet, bot, name)).collect();
        // Of two credentials that do the same, the one that is there.
        if others.is_empty() || is_mapped(fleet, bot, &need.variable) {
            allowed.insert(need.variable);
        } else {
            allowed.extend(others);
        }
    }
    allowed.into_iter().collect()
}
