//! Rules between bots, and of what they share.

use std::collections::{HashMap, HashSet};

use clawlets_model::{BotId, document::nearest};

use super::{credentials, keys, secrets};
use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    section::{Bot, Restic, Shared},
};

/// What no bot may be called: jobs of operators are kept under this name.
const RESERVED: &str = "operator";

pub(crate) fn shared(shared: &Shared, fields: &mut Fields<'_, '_, '_>) {
    order(shared, fields);
    ports(shared, fields);
    if let Some((name, _)) = shared.bots.iter().find(|(name, _)| name.as_str() == RESERVED) {
        let what = format!("{name} is reserved: it stands for the operators");
        fields.rule(&["bots", name.as_str()], Draft::new(ProblemCode::InvalidValue, what));
    }
    secrets::targets(shared, fields);
    credentials::mapped_twice(&shared.secret_env, &["secretEnv"], fields);
    keys::ssh(fields, "sshAuthorizedKeys", &shared.ssh_authorized_keys);
}

/// The order lists every bot once.
fn order(shared: &Shared, fields: &mut Fields<'_, '_, '_>) {
    // Positions count as they stand in the file, where an entry that is no bot id stands too.
    let listed = fields.texts(&["botOrder"]);
    let declared = fields.keys(&["bots"]);
    let mut seen = HashSet::new();
    for (at, bot) in listed.iter().enumerate().filter(|(_, bot)| BotId::parse(bot).is_ok()) {
        let draft = if !seen.insert(bot) {
            Draft::new(ProblemCode::Conflict, format!("{bot} stands twice"))
        } else if !declared.contains(bot) {
            let suggestion = nearest(bot, declared.iter().map(String::as_str)).map(str::to_owned);
            Draft::new(ProblemCode::UnknownReference, format!("there is no bot {bot} in fleet.bots"))
                .suggest(suggestion)
        } else {
            continue;
        };
        fields.rule(&["botOrder", &at.to_string()], draft);
    }
    let missing: Vec<_> = shared
        .bots
        .keys()
        .map(BotId::as_str)
        .filter(|bot| !listed.iter().any(|listed| listed == bot))
        .collect();
    if !missing.is_empty() {
        let shown = missing.iter().take(6).copied().collect::<Vec<_>>().join(", ");
        let more = match missing.len().saturating_sub(6) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let draft = Draft::new(ProblemCode::Required, format!("does not list {shown}{more}"));
        fields.rule(&["botOrder"], draft.expected("every bot once"));
    }
}

/// A port belongs to one bot, whether it is fixed or follows from the bot's name.
fn ports(shared: &Shared, fields: &mut Fields<'_, '_, '_>) {
    let port = |bot: &BotId, settings: &Bot| settings.profile.gateway_port.of(bot);
    let all: HashSet<u16> = shared.bots.iter().map(|(name, bot)| port(name, bot)).collect();
    let mut taken: HashMap<u16, &BotId> = HashMap::new();
    for (name, bot) in &shared.bots {
        let port = port(name, bot);
        let Some(other) = taken.get(&port) else {
            taken.insert(port, name);
            continue;
        };
        let what = match bot.profile.gateway_port.fixed() {
            Some(_) => format!("{port} is the port of the bot {other} already"),
            None => format!("is not set, and {port}, which follows from the name, is the port of {other}"),
        };
        let draft = Draft::new(ProblemCode::Conflict, what);
        let path = format!("fleet.bots.{name}.profile.gatewayPort");
        // A gateway may open some ports behind its own.
        let free = (port.saturating_add(120)..=u16::MAX).step_by(120).find(|port| !all.contains(port));
        let draft = match free {
            Some(free) => draft.expected(format!("another port: 'clawlets config set {path} {free}'")),
            None => draft.expected("a port that no other bot has"),
        };
        fields.rule(&["bots", name.as_str(), "profile", "gatewayPort"], draft);
    }
}

pub(crate) fn restic(restic: &Restic, fields: &mut Fields<'_, '_, '_>) {
    if restic.enable && restic.repository.is_none() {
        let draft = Draft::new(ProblemCode::Incomplete, "is empty, and backups are switched on");
        fields.rule(&["repository"], draft.expected("a repository, as restic names it"));
    }
}
