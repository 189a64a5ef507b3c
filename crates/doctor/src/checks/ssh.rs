//! Who may reach hosts over SSH, and with which key.

use std::fs;

use clawlets_fleet::{Host, SshExposureMode};
use clawlets_model::ssh_key::SshPublicKey;

use super::bootstrap::enabled;
use crate::{
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// A public key is a line; a file that is larger is something else.
const MAX_KEY: u64 = 16 * 1024;

pub(crate) fn has_admin_cidr(subject: &Subject<'_>) -> Vec<Finding> {
    let open = enabled(subject).filter(|(_, host)| is_open(host));
    open.map(|(name, host)| {
        Verdict::pass_if(host.provisioning.admin_cidr.is_some(), || {
            Verdict::problem(
                "it says not from which network it is administered",
                format!("clawlets host set --host {name} --admin-cidr ADDRESS/32"),
            )
        })
        .about(name.as_str())
    })
    .collect()
}

pub(crate) fn is_not_world_open(subject: &Subject<'_>) -> Vec<Finding> {
    let open = enabled(subject).filter(|(_, host)| is_open(host));
    open.map(|(name, host)| {
        Verdict::pass_if(!host.provisioning.admin_cidr_allow_world_open, || {
            Verdict::problem(
                "the network that administers it may be the whole world",
                format!(
                    "clawlets host set --host {name} --admin-cidr ADDRESS/32 --no-admin-cidr-allow-world-open"
                ),
            )
        })
        .about(name.as_str())
    })
    .collect()
}

pub(crate) fn exposure_is_temporary(subject: &Subject<'_>) -> Vec<Finding> {
    enabled(subject)
        .map(|(name, host)| {
            let fix = format!("clawlets host set --host {name} --ssh-exposure tailnet");
            match host.ssh_exposure.mode {
                SshExposureMode::Tailnet | SshExposureMode::Bootstrap => Verdict::Pass,
                SshExposureMode::Public => Verdict::problem("its SSH is open to the public for good", fix),
            }
            .about(name.as_str())
        })
        .collect()
}

pub(crate) fn has_a_public_key(subject: &Subject<'_>) -> Vec<Finding> {
    let shared = subject.fleet().is_some_and(|fleet| !fleet.shared.ssh_authorized_keys.is_empty());
    enabled(subject)
        .map(|(name, host)| {
            let file = host.provisioning.ssh_pubkey_file.as_str();
            let fix = format!("clawlets host set --host {name} --ssh-pubkey-file ~/.ssh/id_ed25519.pub");
            let verdict = match (file, shared) {
                ("", true) => Verdict::Pass,
                ("", false) => Verdict::problem("no SSH public key is named", fix),
                (file, _) => key_in(subject, file)
                    .map_or_else(|cause| Verdict::problem(cause, fix), |()| Verdict::Pass),
            };
            verdict.about(name.as_str())
        })
        .collect()
}

pub(crate) fn has_a_target(subject: &Subject<'_>) -> Vec<Finding> {
    let closed = enabled(subject).filter(|(_, host)| host.ssh_exposure.mode == SshExposureMode::Tailnet);
    closed
        .map(|(name, host)| {
            Verdict::pass_if(host.target_host.is_some(), || {
                let fix = format!("clawlets host set --host {name} --target-host admin@{name}");
                Verdict::problem(
                    "its SSH is closed to the public and its name in the tailnet is not known",
                    fix,
                )
            })
            .about(name.as_str())
        })
        .collect()
}

fn is_open(host: &Host) -> bool {
    match host.ssh_exposure.mode {
        SshExposureMode::Bootstrap | SshExposureMode::Public => true,
        SshExposureMode::Tailnet => false,
    }
}

/// Whether a file holds a public key; the reason when not. What is in it is never repeated: it might be the private one.
fn key_in(subject: &Subject<'_>, file: &str) -> Result<(), String> {
    let path = subject.operators_path(file);
    let unreadable = |error: std::io::Error| format!("{file} cannot be read: {error}");
    if fs::metadata(&path).map_err(unreadable)?.len() > MAX_KEY {
        return Err(format!("{file} is too large for a public key"));
    }
    let text = fs::read_to_string(&path).map_err(unreadable)?;
    if text.contains("PRIVATE KEY") {
        return Err(format!("{file} is a private key: name the one that ends in .pub"));
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.map(|line| SshPublicKey::from_line(line).is_some()).peekable();
    if lines.peek().is_some() && lines.all(|is_a_key| is_a_key) {
        return Ok(());
    }
    Err(format!("{file} holds no SSH public key"))
}
