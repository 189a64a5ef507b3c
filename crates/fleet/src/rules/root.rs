//! Rules between sections.

use std::collections::HashMap;

use clawlets_model::{HostName, document::nearest};

use crate::{
    fleet::{Fleet, Scope},
    form::Fields,
    problem::{Draft, ProblemCode},
    section::HostProvider,
};

/// Holds the sections against each other.
pub(crate) fn root(fleet: &Fleet, scope: Scope, fields: &mut Fields<'_, '_, '_>) {
    hosts(fleet, scope, fields);
    aws(fleet, fields);
    cattle_variables(fleet, fields);
}

fn hosts(fleet: &Fleet, scope: Scope, fields: &mut Fields<'_, '_, '_>) {
    let declared = fields.keys(&["hosts"]);
    match scope {
        Scope::Whole if !fields.has(&["hosts"]) => {
            let draft = Draft::new(ProblemCode::Missing, "is missing").expected("at least one host");
            fields.rule(&["hosts"], draft);
        }
        Scope::Whole if declared.is_empty() => {
            let draft = Draft::new(ProblemCode::Required, "is empty").expected("at least one host");
            fields.rule(&["hosts"], draft);
        }
        Scope::Fragment if declared.is_empty() => return,
        Scope::Whole | Scope::Fragment => {}
    }
    if let Some(host) = fleet.default_host.as_ref().map(HostName::as_str)
        && !declared.iter().any(|declared| declared == host)
    {
        let suggestion = nearest(host, declared.iter().map(String::as_str)).map(str::to_owned);
        let draft = Draft::new(ProblemCode::UnknownReference, format!("there is no host {host} in hosts"));
        fields.rule(&["defaultHost"], draft.suggest(suggestion));
    }
}

/// Instances at AWS read their secrets from under their prefix, and log in to Discord with their token: neither can be
/// shared.
fn aws(fleet: &Fleet, fields: &mut Fields<'_, '_, '_>) {
    let mut taken: HashMap<(&str, String), &HostName> = HashMap::new();
    for (name, host) in fleet.hosts.iter().filter(|(_, host)| host.provider == HostProvider::Aws) {
        let token = host
            .aws
            .discord_token_secret
            .as_ref()
            .map_or_else(|| "discord-token".to_owned(), ToString::to_string);
        for (key, value) in [("bootstrapPrefix", fleet.bootstrap_prefix(name)), ("discordTokenSecret", token)]
        {
            match taken.get(&(key, value.clone())) {
                Some(other) => {
                    let draft = Draft::new(
                        ProblemCode::Conflict,
                        format!("{value} is that of the host {other} already"),
                    );
                    let path = ["hosts", name.as_str(), "aws", key];
                    fields.rule(&path, draft.expected("a value that no other host at AWS has"));
                }
                None => {
                    taken.insert((key, value), name);
                }
            }
        }
    }
}

/// A bot can be given only what the orchestrator holds.
fn cattle_variables(fleet: &Fleet, fields: &mut Fields<'_, '_, '_>) {
    let held = fields.keys(&["cattle", "secretEnv"]);
    for bot in fleet.shared.bots.keys() {
        let path = ["fleet", "bots", bot.as_str(), "clf", "cattle", "secretEnv"];
        for (at, variable) in fields.texts(&path).iter().enumerate().filter(|(_, name)| !held.contains(name))
        {
            let at = at.to_string();
            let path: Vec<_> = path.iter().copied().chain([at.as_str()]).collect();
            let suggestion = nearest(variable, held.iter().map(String::as_str)).map(str::to_owned);
            let draft =
                Draft::new(ProblemCode::UnknownReference, format!("{variable} is not in cattle.secretEnv"));
            fields.rule(&path, draft.suggest(suggestion));
        }
    }
}
