//! Programs that other verbs run.

use clawlets_fleet::CattleProvider;

use super::bootstrap::enabled;
use crate::{
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// A program: any of these names will do, and the package brings it on Debian.
type Tool = (&'static [&'static str], &'static str);

const BOOTSTRAP: [Tool; 3] = [
    (&["nix"], "nix-bin"),
    (&["ssh"], "openssh-client"),
    (&["tofu", "terraform"], "opentofu, from https://opentofu.org"),
];
const SECRETS: [Tool; 2] = [(&["sops"], "sops, from https://getsops.io"), (&["age"], "age")];
const UPDATES: [Tool; 2] = [(&["nix"], "nix-bin"), (&["minisign"], "minisign")];
const CATTLE: [Tool; 1] = [(&["qemu-system-x86_64"], "qemu-system-x86")];

pub(crate) fn for_bootstrap(subject: &Subject<'_>) -> Vec<Finding> {
    if enabled(subject).next().is_none() {
        return Vec::new();
    }
    installed(subject, &BOOTSTRAP)
}

pub(crate) fn for_secrets(subject: &Subject<'_>) -> Vec<Finding> {
    installed(subject, &SECRETS)
}

pub(crate) fn for_updates(subject: &Subject<'_>) -> Vec<Finding> {
    if enabled(subject).all(|(_, host)| !host.self_update.enable) {
        return Vec::new();
    }
    installed(subject, &UPDATES)
}

pub(crate) fn for_cattle(subject: &Subject<'_>) -> Vec<Finding> {
    let is_local = subject.fleet().is_some_and(|fleet| match fleet.cattle.provider {
        CattleProvider::Local => fleet.cattle.enabled,
        CattleProvider::Hetzner => false,
    });
    if is_local { installed(subject, &CATTLE) } else { Vec::new() }
}

fn installed(subject: &Subject<'_>, tools: &[Tool]) -> Vec<Finding> {
    tools
        .iter()
        .map(|(names, package)| {
            Verdict::pass_if(names.iter().any(|name| subject.has_tool(name)), || {
                let is_debians = !package.contains(' ');
                let fix = if is_debians {
                    format!("sudo apt-get install {package}")
                } else {
                    format!("install {package}")
                };
                Verdict::problem("it is not installed", fix)
            })
            .about(names.join(" or "))
        })
        .collect()
}
