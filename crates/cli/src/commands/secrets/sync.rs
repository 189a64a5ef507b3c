//! `clawlets secrets sync`.

use std::io;

use clap::Args;
use clawlets_model::{ExitCode, HostName, net::TargetHost};
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_secrets::Bundle;
use serde::Serialize;

use super::{
    bundle::of_bundle,
    place::{HostsFlag, Keys, Place, PlaceFlags},
};
use crate::{
    git::Git,
    host_ssh::{HostSsh, KnownHosts, unreachable},
};

/// Bring hosts their encrypted secrets over SSH, without a release and without a switch.
///
/// Only ciphertext travels; a host decrypts with a key of its own. A release that names the same secrets later finds them
/// on the host.
#[derive(Debug, Args)]
pub(super) struct Sync {
    /// The secrets as they are in this commit [default: as they are on the disk].
    #[arg(long, value_name = "REVISION", value_parser = revision)]
    rev: Option<String>,
    /// Only say what would be sent where.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

/// A revision never looks like a flag, nor like a path in one.
fn revision(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('-') || text.contains([':', '\n', '\0']) {
        return Err("expected a commit, such as HEAD or a branch".to_owned());
    }
    Ok(text.to_owned())
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    is_dry_run: bool,
    hosts: Vec<Sent<'a>>,
}

#[derive(Serialize)]
struct Sent<'a> {
    host: &'a HostName,
    target: &'a TargetHost,
    sha256: String,
    files: usize,
}

impl Sync {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer, Keys::Welcome)?;
        let targets = self.targets(&place)?;
        // All of them are packed before the first is sent: what cannot be packed stops it while nothing has happened.
        let bundles =
            targets.iter().map(|(host, _)| self.bundle(&place, host)).collect::<Result<Vec<_>, _>>()?;
        let known_hosts = KnownHosts::of(&place.fleet)?;
        let mut hosts = Vec::new();
        for ((host, target), bundle) in targets.into_iter().zip(bundles) {
            let files = bundle.names.len();
            if !self.dry_run {
                let _step = printer.step(&format!("Send {} to {host}", count(files, "secret")));
                send(HostSsh::to(target, &known_hosts), target, &bundle)?;
            }
            hosts.push(Sent { host, target, sha256: bundle.sha256, files });
        }
        match printer.form() {
            Form::Json => printer.json(&Document { is_dry_run: self.dry_run, hosts }),
            Form::Text => {
                for sent in &hosts {
                    printer.data(format!("{} {} {}", sent.host, sent.target.as_str(), sent.sha256));
                }
                if self.dry_run {
                    printer.note("Nothing was sent.");
                }
            }
        }
        Ok(ExitCode::Ok)
    }

    /// The hosts that are meant, and where they are: the named one, or all that can be reached.
    fn targets<'a>(&self, place: &'a Place) -> Result<Vec<(&'a HostName, &'a TargetHost)>, Fault> {
        let named = self.host.named(&place.plan)?;
        let hosts =
            place.fleet.hosts.iter().filter(|(host, _)| named.as_ref().is_none_or(|named| named == *host));
        let found: Vec<_> =
            hosts.filter_map(|(host, declared)| Some((host, declared.target_host.as_ref()?))).collect();
        if found.is_empty() {
            let who = named.map_or_else(|| "no host".to_owned(), |host| format!("host {host} does not"));
            return Err(unreachable(&who));
        }
        Ok(found)
    }

    fn bundle(&self, place: &Place, host: &HostName) -> Result<Bundle, Fault> {
        let folder = place.vault.layout.host_folder(host);
        let Some(revision) = &self.rev else {
            return Bundle::of_folder(&folder).map_err(|error| of_bundle(&error));
        };
        // The folder as it was, in a place where it is looked at like any other.
        let then = tempfile::tempdir().map_err(|error| of_io("make a temporary folder", &error))?;
        let git = Git::at(place.vault.layout.root());
        let name = format!("./secrets/hosts/{host}/");
        let listed = git.run(&["ls-tree", "-z", "--name-only", revision, "--", &name])?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        for path in listed.split_terminator('\0') {
            let Some(file) = path.rsplit('/').next().filter(|file| !file.is_empty()) else { continue };
            let bytes = git.run(&["cat-file", "blob", &format!("{revision}:./{path}")])?;
            std::fs::write(then.path().join(file), bytes)
                .map_err(|error| of_io("write to a temporary folder", &error))?;
        }
        Bundle::of_folder(then.path()).map_err(|error| of_bundle(&error))
    }
}

/// Hands a bundle to the host's own program, which checks it and installs it.
fn send(ssh: HostSsh<'_>, target: &TargetHost, bundle: &Bundle) -> Result<(), Fault> {
    let install = format!("clawlets-host secrets install --bundle - --sha256 {}", bundle.sha256);
    if ssh.feed(&install, &bundle.bytes)? == Some(0) {
        return Ok(());
    }
    let message = format!("{} did not install the secrets", target.as_str());
    Err(Fault::new(FaultCode::HostRefused, message)
        .hint("what it said stands above; it needs the program 'clawlets-host', and your user root or sudo"))
}

fn of_io(action: &str, error: &io::Error) -> Fault {
    Fault::new(FaultCode::Io, format!("failed to {action}")).because(error)
}
