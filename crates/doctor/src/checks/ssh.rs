//! Who may reach hosts over SSH, and with which key.

use std::{fs, net::IpAddr};

use clawlets_fleet::{Host, HostProvider, SshExposureMode};
use clawlets_model::{
    HostName,
    net::{AdminCidr, WorldOpen, is_tailnet},
    ssh_key::SshPublicKey,
};

use super::bootstrap::enabled;
use crate::{
    fix::Fix,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// A public key is a line; a file that is larger is something else.
const MAX_KEY: u64 = 16 * 1024;

/// The hosts that take SSH from the public network.
fn open<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = (&'a HostName, &'a Host)> {
    enabled(subject).filter(|(_, host)| match host.ssh_exposure.mode {
        SshExposureMode::Bootstrap | SshExposureMode::Public => true,
        SshExposureMode::Tailnet => false,
    })
}

fn set_cidr(name: &HostName) -> Fix {
    Fix::run(format!("clawlets host set --host {name} --admin-cidr ADDRESS/32"))
}

pub(crate) fn has_admin_cidr(subject: &Subject<'_>) -> Vec<Finding> {
    let look = |(name, host): (&HostName, &Host)| {
        Verdict::pass_if(host.provisioning.admin_cidr.is_some(), || {
            Verdict::problem("nothing says from which network it is administered", set_cidr(name))
        })
        .about(name.as_str())
    };
    open(subject).map(look).collect()
}

/// A network that is open to the world is refused where it is declared, unless a flag allows it. Neither of them should
/// stay.
pub(crate) fn is_not_world_open(subject: &Subject<'_>) -> Vec<Finding> {
    let look = |(name, host): (&HostName, &Host)| {
        let is_open = |cidr: AdminCidr| AdminCidr::parse(&cidr.to_string(), WorldOpen::Refuse).is_err();
        let narrow = "--admin-cidr ADDRESS/32 --no-admin-cidr-allow-world-open";
        let verdict = match (host.provisioning.admin_cidr, host.provisioning.admin_cidr_allow_world_open) {
            (Some(cidr), _) if is_open(cidr) => Verdict::problem(
                format!("anybody may try to log in from {cidr}"),
                Fix::run(format!("clawlets host set --host {name} {narrow}")),
            ),
            (_, true) => Verdict::problem(
                "a flag would let the whole world in, and nothing needs it",
                Fix::run(format!("clawlets host set --host {name} --no-admin-cidr-allow-world-open")),
            ),
            (_, false) => Verdict::Pass,
        };
        verdict.about(name.as_str())
    };
    open(subject).map(look).collect()
}

/// A host in a cloud sees the public address of its operator, never one behind their router.
pub(crate) fn is_not_private(subject: &Subject<'_>) -> Vec<Finding> {
    let look = |(name, host): (&HostName, &Host)| {
        let is_in_a_cloud = match host.provider {
            HostProvider::Hetzner | HostProvider::Aws => true,
            HostProvider::Local => false,
        };
        let cidr = host.provisioning.admin_cidr.filter(|_| is_in_a_cloud)?;
        let verdict = match kind_of(cidr.net().addr()) {
            None => Verdict::Pass,
            Some(kind) => {
                let cause = format!("{cidr} is {kind}: no host in a cloud sees anybody come from there");
                Verdict::problem(cause, set_cidr(name))
            }
        };
        Some(verdict.about(name.as_str()))
    };
    open(subject).filter_map(look).collect()
}

/// What an address is that nobody has on the public network; none when it may be somebody's.
fn kind_of(address: IpAddr) -> Option<&'static str> {
    if is_tailnet(address) {
        return Some("of the tailnet");
    }
    let is_private = match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => {
            let [first, ..] = v6.segments();
            v6.is_loopback() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
        }
    };
    is_private.then_some("private")
}

pub(crate) fn exposure_is_temporary(subject: &Subject<'_>) -> Vec<Finding> {
    let look = |(name, host): (&HostName, &Host)| {
        let verdict = match host.ssh_exposure.mode {
            SshExposureMode::Tailnet | SshExposureMode::Bootstrap => Verdict::Pass,
            SshExposureMode::Public => Verdict::problem(
                "its SSH is open to the public for good",
                Fix::run(format!("clawlets host set --host {name} --ssh-exposure tailnet")),
            ),
        };
        verdict.about(name.as_str())
    };
    enabled(subject).map(look).collect()
}

pub(crate) fn has_a_public_key(subject: &Subject<'_>) -> Vec<Finding> {
    let shared = subject.fleet().is_some_and(|fleet| !fleet.shared.ssh_authorized_keys.is_empty());
    let look = |(name, host): (&HostName, &Host)| {
        let file = host.provisioning.ssh_pubkey_file.as_str();
        let fix =
            Fix::run(format!("clawlets host set --host {name} --ssh-pubkey-file ~/.ssh/id_ed25519.pub"));
        let verdict = match (file, shared) {
            ("", true) => Verdict::Pass,
            ("", false) => Verdict::problem("no SSH public key is named, so nobody could log in", fix),
            (file, _) => {
                key_in(subject, file).map_or_else(|cause| Verdict::problem(cause, fix), |()| Verdict::Pass)
            }
        };
        verdict.about(name.as_str())
    };
    enabled(subject).map(look).collect()
}

pub(crate) fn has_a_target(subject: &Subject<'_>) -> Vec<Finding> {
    let closed = enabled(subject).filter(|(_, host)| host.ssh_exposure.mode == SshExposureMode::Tailnet);
    let look = |(name, host): (&HostName, &Host)| {
        Verdict::pass_if(host.target_host.is_some(), || {
            let fix = Fix::run(format!("clawlets host set --host {name} --target-host admin@{name}"));
            Verdict::problem("its SSH is closed to the public and its name in the tailnet is not known", fix)
        })
        .about(name.as_str())
    };
    closed.map(look).collect()
}

/// Whether a file holds a public key; the reason when not. What is in it is never repeated: it might be the private one.
fn key_in(subject: &Subject<'_>, file: &str) -> Result<(), String> {
    let path = subject.operators_path(file);
    let unreadable = |error: std::io::Error| format!("{file} cannot be read: {error}");
    let metadata = fs::metadata(&path).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > MAX_KEY {
        return Err(format!("{file} is no file of a public key"));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_nobody_has_on_the_public_network_are_told_apart() {
        for (address, kind) in [
            ("10.1.2.3", Some("private")),
            ("172.16.0.1", Some("private")),
            ("192.168.1.1", Some("private")),
            ("127.0.0.1", Some("private")),
            ("169.254.1.1", Some("private")),
            ("100.100.1.1", Some("of the tailnet")),
            ("fd00::1", Some("private")),
            ("fe80::1", Some("private")),
            ("::1", Some("private")),
            ("172.32.0.1", None),
            ("8.8.8.8", None),
            ("2a01:4f8::1", None),
        ] {
            assert_eq!(kind_of(address.parse().unwrap()), kind, "{address}");
        }
    }
}
