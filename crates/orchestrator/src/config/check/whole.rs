//! The whole file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use clawlets_model::{Requester, Ttl, document::nearest};

use super::{Check, collect::duration};
use crate::config::{
    document::{BotTable, Document},
    fault::Fault,
    load::Lines,
    overrides::Overrides,
    provider::Provider,
    settings::{BotPolicy, Config, Reaping, Retention},
};

/// Checks a document that was read from `file`. `None` when something is missing without which there are no settings;
/// settings are only valid when no fault was added.
pub(in crate::config) fn check(
    mut document: Document,
    file: &Path,
    lines: &Lines,
    overrides: &Overrides,
    faults: &mut Vec<Fault>,
) -> Option<Config> {
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let mut check = Check { folder, lines, overrides, faults };
    let provider = check.provider(document.provider);
    let id = document.id.or_else(|| check.missing("id", "a stable name, such as \"web-1\""));
    let store = check.path("store", document.store, "/var/lib/clf/orchestrator/state.sqlite");
    let store_folder = store.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let personas = check.folder("personas", document.personas, "/etc/clf/cattle-personas");
    let socket = check.path("socket", document.socket, "/run/clf/orchestrator.sock");
    let socket_group = check.group(document.socket_group);
    let egress = std::mem::take(&mut document.cattle.egress.allow);
    let kind = provider.as_ref().map(|(kind, _, _)| *kind);
    let cattle = check.cattle(document.cattle, kind);
    let tailnet = check.tailnet(document.tailnet);
    let models = check.models(document.models);
    let github = check.github(document.github);
    let secrets: BTreeMap<_, _> = document
        .secrets
        .into_iter()
        .filter_map(|(name, table)| check.secret(name.as_str(), table).map(|secret| (name, secret)))
        .collect();
    let mut bots = BTreeMap::new();
    for (bot, table) in document.bots {
        let path = format!("bots.{bot}");
        if Requester::from(&bot) == Requester::operator() {
            check.fault(&path, "is reserved: it stands for the operators");
        }
        for name in table.secret_env.iter().filter(|name| !secrets.contains_key(*name)) {
            let known = secrets.keys().map(clawlets_model::EnvVarName::as_str);
            let suggestion = nearest(name.as_str(), known).map(str::to_owned);
            check.suggest(&format!("{path}.secret_env"), format!("{name} is not in [secrets]"), suggestion);
        }
        bots.insert(bot, bot_policy(table, cattle.max_ttl));
    }
    let uids = check.uids(document.identity, file);
    let retention = Retention {
        jobs: duration(document.retention.jobs, 30 * 86_400),
        logs: duration(document.retention.logs, 30 * 86_400),
    };
    let reaping = Reaping {
        interval: duration(document.reaper.interval, 60),
        unowned_grace: duration(document.reaper.unowned_grace, 120),
        foreign_grace: duration(document.reaper.foreign_grace, 600),
    };
    check.at_most("reaper.interval", reaping.interval, Duration::from_secs(60));
    let (kind, access, relays) = provider?;
    Some(Config {
        id: id?,
        socket,
        socket_group,
        personas,
        agent_model_primary: document.agent_model_primary,
        provider: Provider { kind, access, relays: relays.unwrap_or_else(|| store_folder.join("relays")) },
        store,
        cattle,
        tailnet,
        models,
        runner: document.runner.command,
        egress,
        github,
        secrets,
        bots,
        uids,
        retention,
        reaping,
    })
}

fn bot_policy(table: BotTable, max_ttl: Ttl) -> BotPolicy {
    BotPolicy {
        allow: table.allow.unwrap_or(true),
        max_active: table.max_active.unwrap_or(2),
        max_ttl: table.max_ttl.unwrap_or(max_ttl).min(max_ttl),
        personas: table.personas.into_iter().collect(),
        secret_env: table.secret_env.into_iter().collect(),
    }
}
