//! Programs that other verbs, or people, run.

use clawlets_fleet::CattleProvider;

use super::bootstrap::enabled;
use crate::{
    fix::Fix,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// A program: any of these names will do.
struct Tool {
    names: &'static [&'static str],
    from: From,
}

/// Where a program comes from.
enum From {
    /// A package of Debian.
    Debian(&'static str),
    /// A site that says how.
    Site(&'static str),
}

const NIX: Tool = Tool { names: &["nix"], from: From::Debian("nix-bin") };
const BOOTSTRAP: [Tool; 3] = [
    NIX,
    Tool { names: &["ssh"], from: From::Debian("openssh-client") },
    Tool { names: &["tofu", "terraform"], from: From::Site("https://opentofu.org/docs/intro/install") },
];
const SECRETS: [Tool; 2] = [
    Tool { names: &["sops"], from: From::Site("https://getsops.io/docs/#download") },
    Tool { names: &["age"], from: From::Debian("age") },
];
const UPDATES: [Tool; 2] = [NIX, Tool { names: &["minisign"], from: From::Debian("minisign") }];
const CATTLE: [Tool; 1] = [Tool { names: &["qemu-system-x86_64"], from: From::Debian("qemu-system-x86") }];

pub(crate) fn for_bootstrap(subject: &Subject<'_>) -> Vec<Finding> {
    if enabled(subject).next().is_none() {
        return Vec::new();
    }
    installed(subject, &BOOTSTRAP)
}

pub(crate) fn for_secrets(subject: &Subject<'_>) -> Vec<Finding> {
    if enabled(subject).next().is_none() {
        return Vec::new();
    }
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
    let look = |tool: &Tool| {
        Verdict::pass_if(tool.names.iter().any(|name| subject.has_program(name)), || {
            let fix = match tool.from {
                From::Debian(package) => Fix::run(format!("sudo apt-get install {package}")),
                From::Site(site) => Fix::by_hand(format!("install it as {site} says")),
            };
            Verdict::problem("it is not installed", fix)
        })
        .about(tool.names.join(" or "))
    };
    tools.iter().map(look).collect()
}
