//! What is declared beside what is there.

use std::collections::BTreeMap;

use clawlets_model::{HostName, control::InstanceView};

use super::{Machine, reports::Report, source::Look};
use crate::registry::{Provider, Registry};

/// What people call a provider.
pub(super) const fn name(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "aws",
        Provider::Hetzner => "hetzner",
        Provider::Local => "local",
    }
}

/// Every host of the registry, in its order, and then the machines of ours that are in no registry. A host with several
/// machines has several rows; those that are gone are left out unless there is no other.
pub(super) fn join(
    registry: &Registry,
    looks: &[(Provider, Look)],
    reports: &BTreeMap<HostName, Report>,
) -> Vec<InstanceView> {
    let mut rows = Vec::new();
    for (host, provider) in registry.hosts() {
        let look = looks.iter().find(|(other, _)| *other == provider).map(|(_, look)| look);
        let machines = look.iter().flat_map(|look| &look.machines);
        let of_host: Vec<&Machine> = machines.filter(|machine| machine.name == host.as_str()).collect();
        let live = of_host.iter().filter(|machine| !machine.is_gone).copied();
        let mut shown: Vec<&Machine> = live.collect();
        if shown.is_empty() {
            shown.extend(of_host.last());
        }
        let is_known = look.is_some_and(|look| look.at.is_some());
        let state = if is_known { "missing" } else { "unknown" };
        let found = shown.into_iter().map(|machine| row(host.as_str(), machine)).collect::<Vec<_>>();
        let found = if found.is_empty() { vec![absent(host, state)] } else { found };
        let report = reports.get(host);
        rows.extend(found.into_iter().map(|row| InstanceView {
            release: report.and_then(|report| report.release.clone()),
            health: report.map(|report| report.health.clone()),
            ..row
        }));
    }
    let machines = looks.iter().flat_map(|(_, look)| &look.machines);
    let strays = machines.filter(|machine| !machine.is_gone && registry.host(&machine.name).is_none());
    rows.extend(strays.map(|machine| row(&machine.name, machine)));
    rows
}

fn row(name: &str, machine: &Machine) -> InstanceView {
    InstanceView {
        name: name.to_owned(),
        id: Some(machine.id.clone()),
        state: machine.state.clone(),
        ami: machine.image.clone(),
        ip: machine.ip.clone(),
        release: None,
        health: None,
    }
}

fn absent(host: &HostName, state: &str) -> InstanceView {
    InstanceView {
        name: host.to_string(),
        id: None,
        state: state.to_owned(),
        ami: None,
        ip: None,
        release: None,
        health: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(name: &str, id: &str, state: &str) -> Machine {
        let is_gone = state == "terminated";
        Machine { name: name.into(), id: id.into(), state: state.into(), image: None, ip: None, is_gone }
    }

    #[test]
    fn what_is_declared_and_what_is_there_are_shown_together() {
        let registry = Registry::of_hosts(&["web-1", "web-2", "web-3"]);
        let machines = vec![
            machine("web-2", "i-1", "terminated"),
            machine("web-2", "i-2", "running"),
            machine("web-1", "i-3", "terminated"),
            machine("stray", "i-4", "running"),
            machine("gone", "i-5", "terminated"),
        ];
        let look = Look { at: Some(jiff::Timestamp::UNIX_EPOCH), machines, fault: None };
        let report = Report { release: Some("1/7".into()), health: "unhealthy".into() };
        let reports = BTreeMap::from([(HostName::parse("web-2").unwrap(), report)]);
        let shown = |looks: &[(Provider, Look)]| {
            let rows = join(&registry, looks, &reports);
            let shown = rows.iter().map(|row| {
                let id = row.id.as_deref().unwrap_or("-");
                format!("{} {id} {} {}", row.name, row.state, row.health.as_deref().unwrap_or("-"))
            });
            shown.collect::<Vec<_>>()
        };
        let expected = [
            "web-1 i-3 terminated -",
            "web-2 i-2 running unhealthy",
            "web-3 - missing -",
            "stray i-4 running -",
        ];
        assert_eq!(shown(&[(Provider::Aws, look)]), expected);
        let silent = Look { fault: Some("no".into()), ..Look::default() };
        assert_eq!(shown(&[(Provider::Aws, silent)])[0], "web-1 - unknown -");
    }
}
