//! Hosts that are to come to life.

use clawlets_fleet::{Host, HostProvider};
use clawlets_model::HostName;

use crate::{
    fix::Fix,
    machine::Presence,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// The hosts that are part of the fleet.
pub(crate) fn enabled<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = (&'a HostName, &'a Host)> {
    subject.fleet().into_iter().flat_map(|fleet| fleet.hosts.iter()).filter(|(_, host)| host.enable)
}

pub(crate) fn has_a_host(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fleet) = subject.fleet() else { return Vec::new() };
    let name = fleet.implied_host().or_else(|| fleet.hosts.keys().next());
    let name = name.map_or("HOST", HostName::as_str);
    Verdict::pass_if(enabled(subject).next().is_some(), || {
        let fix = Fix::run(format!("clawlets host set --host {name} --enable true"));
        Verdict::problem("no host is enabled", fix)
    })
    .of_project()
}

pub(crate) fn has_a_bot(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fleet) = subject.fleet() else { return Vec::new() };
    Verdict::pass_if(!fleet.shared.bots.is_empty(), || {
        Verdict::problem("no bot is declared", Fix::run("clawlets bot add --bot NAME"))
    })
    .of_project()
}

pub(crate) fn has_provider_token(subject: &Subject<'_>) -> Vec<Finding> {
    enabled(subject)
        .filter_map(|(name, host)| {
            let verdict = match host.provider {
                HostProvider::Hetzner => hetzner_token(subject),
                HostProvider::Aws => {
                    let is_set = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID"].iter().any(|name| subject.is_set(name));
                    Verdict::pass_if(is_set, || {
                        let cause = "neither AWS_PROFILE nor AWS_ACCESS_KEY_ID is set";
                        Verdict::problem(cause, Fix::run("clawlets env set AWS_PROFILE"))
                    })
                }
                HostProvider::Local => return None,
            };
            Some(verdict.about(name.as_str()))
        })
        .collect()
}

/// Whether there is a token of the Hetzner Cloud.
pub(crate) fn hetzner_token(subject: &Subject<'_>) -> Verdict {
    let cause = match subject.machine.setting("HCLOUD_TOKEN") {
        Presence::Set => return Verdict::Pass,
        Presence::Placeholder => "HCLOUD_TOKEN is a placeholder",
        Presence::Unset => match subject.machine.settings_trouble() {
            Some(trouble) => return Verdict::problem(trouble.cause, Fix::by_hand(trouble.remedy)),
            None => "HCLOUD_TOKEN is not set",
        },
    };
    Verdict::problem(cause, Fix::run("clawlets env set HCLOUD_TOKEN"))
}
