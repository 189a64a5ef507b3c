//! Hosts that are to come to life.

use clawlets_fleet::{Host, HostProvider};
use clawlets_model::HostName;

use crate::{
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
        Verdict::problem("no host is enabled", format!("clawlets host set --host {name} --enable true"))
    })
    .of_project()
}

pub(crate) fn has_provider_token(subject: &Subject<'_>) -> Vec<Finding> {
    enabled(subject)
        .filter_map(|(name, host)| {
            let verdict = match host.provider {
                HostProvider::Hetzner => Verdict::pass_if(subject.is_set("HCLOUD_TOKEN"), || {
                    let fix = "clawlets env init, then write the token into .clawlets/env";
                    Verdict::problem("HCLOUD_TOKEN is not set", fix)
                }),
                HostProvider::Aws => {
                    let is_set = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID"].iter().any(|name| subject.is_set(name));
                    Verdict::pass_if(is_set, || {
                        Verdict::problem(
                            "neither AWS_PROFILE nor AWS_ACCESS_KEY_ID is set",
                            "export AWS_PROFILE=NAME",
                        )
                    })
                }
                HostProvider::Local => return None,
            };
            Some(verdict.about(name.as_str()))
        })
        .collect()
}
