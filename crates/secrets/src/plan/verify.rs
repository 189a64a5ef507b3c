//! What is wrong with the secrets of a project: everything, in one run.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use clawlets_model::{HostName, Secret, SecretName};

use super::need::Plan;
use crate::{
    is_placeholder,
    project::{FileError, HOST_KEY, Vault, VaultError},
    rotate::Receipt,
    sops::SopsError,
};

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A rotation was begun and not ended.
    Unfinished,
    /// A host has no key, or the rules do not know it.
    HostKey,
    /// The declaration refers to a secret that is not there.
    Missing,
    /// A secret is there and nothing refers to it.
    Unreferenced,
    /// A file cannot be read at all, or was changed by hand.
    Damaged,
    /// None of the keys at hand opens a file.
    Closed,
    /// A file is encrypted to others than the rules say.
    Readers,
    /// A value stands for one that is still to come.
    Placeholder,
    /// A file does not hold the value that its name promises.
    NoValue,
    /// A secret of all bots differs from host to host.
    Differs,
    /// The declaration hands a secret to bots that must not have it.
    Exposed,
}

impl FindingKind {
    /// The stable name.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unfinished => "secrets.unfinished",
            Self::HostKey => "secrets.host_key",
            Self::Missing => "secrets.missing",
            Self::Unreferenced => "secrets.unreferenced",
            Self::Damaged => "secrets.damaged",
            Self::Closed => "secrets.closed",
            Self::Readers => "secrets.readers",
            Self::Placeholder => "secrets.placeholder",
            Self::NoValue => "secrets.no_value",
            Self::Differs => "secrets.differs",
            Self::Exposed => "secrets.exposed",
        }
    }

    /// Whether the fleet would not work, or not be safe. The others are worth a look.
    #[must_use]
    pub const fn is_error(self) -> bool {
        match self {
            Self::Unreferenced | Self::Differs => false,
            Self::Unfinished
            | Self::HostKey
            | Self::Missing
            | Self::Damaged
            | Self::Closed
            | Self::Readers
            | Self::Placeholder
            | Self::NoValue
            | Self::Exposed => true,
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind it is.
    pub kind: FindingKind,
    /// The host that it is about; none when it is about several, or none of them.
    pub host: Option<HostName>,
    /// The secret that it is about, by its name.
    pub secret: Option<SecretName>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The command that repairs it.
    pub fix: String,
}

/// Looks at every secret of a project. With no key at hand, values are not looked at and every file counts as closed.
///
/// # Errors
/// [`FileError`] when a folder cannot be read.
pub fn verify(vault: &Vault, plan: &Plan) -> Result<Vec<Finding>, FileError> {
    let mut look = Look { vault, plan, found: Vec::new() };
    look.receipts()?;
    look.exposures();
    let mut values: BTreeMap<SecretName, Vec<(HostName, Secret<String>)>> = BTreeMap::new();
    for host in &plan.hosts {
        let since = look.found.len();
        look.host_key(host);
        look.name(since, host, None);
        let there = vault.secrets_of(host)?;
        for secret in &there {
            let since = look.found.len();
            if let Some(value) = look.secret(host, secret) {
                values.entry(secret.clone()).or_default().push((host.clone(), value));
            }
            look.name(since, host, Some(secret));
        }
        look.needs(host, &there);
    }
    look.strangers()?;
    look.differences(&values);
    look.found.sort_by_key(|finding| (!finding.kind.is_error(), finding.kind));
    Ok(look.found)
}

struct Look<'a> {
    vault: &'a Vault,
    plan: &'a Plan,
    found: Vec<Finding>,
}

impl Look<'_> {
    fn add(&mut self, kind: FindingKind, message: impl Into<String>, fix: impl Into<String>) {
        let (message, fix) = (message.into(), fix.into());
        self.found.push(Finding { kind, host: None, secret: None, message, fix });
    }

    /// Says of what was found since then whose it is.
    fn name(&mut self, since: usize, host: &HostName, secret: Option<&SecretName>) {
        for finding in self.found.iter_mut().skip(since) {
            finding.host = Some(host.clone());
            finding.secret = secret.cloned();
        }
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(self.vault.layout.root()).unwrap_or(path).display().to_string()
    }

    fn receipts(&mut self) -> Result<(), FileError> {
        if let Some(receipt) = Receipt::read(&self.vault.layout)? {
            let message = format!("a rotation was interrupted: {receipt}");
            self.add(FindingKind::Unfinished, message, receipt.command());
        }
        Ok(())
    }

    fn exposures(&mut self) {
        for exposure in self.plan.exposures() {
            let message = format!(
                "{} hands {} to bots; it is for the {} alone",
                exposure.at, exposure.secret, exposure.owner
            );
            self.add(FindingKind::Exposed, message, format!("clawlets config unset {}", exposure.at));
        }
    }

    fn host_key(&mut self, host: &HostName) {
        let path = self.vault.layout.host_key(host);
        let init = format!("clawlets secrets init --host {host}");
        if path.symlink_metadata().is_err() {
            let message = format!("host {host} has no key: it could not decrypt anything at its first boot");
            return self.add(FindingKind::HostKey, message, init);
        }
        self.readers(&path);
        match self.vault.host_identity(host) {
            Ok(identity) => match self.vault.rules.host(host) {
                Ok(Some(known)) if known == *identity.recipient() => {}
                Ok(_) | Err(_) => {
                    let message = format!("the rules do not name the key that host {host} has");
                    self.add(FindingKind::HostKey, message, "clawlets secrets rotate");
                }
            },
            Err(error) => self.unreadable(&path, HOST_KEY, &error),
        }
    }

    /// Looks at one file; its value when it is a good one.
    fn secret(&mut self, host: &HostName, secret: &SecretName) -> Option<Secret<String>> {
        let path = self.vault.layout.secret(host, secret);
        self.readers(&path);
        let value = match self.vault.value(&path, secret.as_str()) {
            Ok(value) => value,
            Err(error) => {
                self.unreadable(&path, secret.as_str(), &error);
                return None;
            }
        };
        if is_placeholder(value.expose()) {
            let message = format!("{} holds a placeholder and no value", self.shown(&path));
            let fix = format!("clawlets secrets set {secret} --host {host}");
            self.add(FindingKind::Placeholder, message, fix);
            return None;
        }
        Some(value)
    }

    fn readers(&mut self, path: &Path) {
        match self.vault.is_aligned(path) {
            Ok(true) => {}
            Ok(false) => {
                let message = format!("{} is encrypted to others than the rules say", self.shown(path));
                self.add(FindingKind::Readers, message, "clawlets secrets rotate");
            }
            Err(VaultError::Rules { source, .. }) => {
                let message = format!("{}: {source}", self.shown(path));
                self.add(FindingKind::Readers, message, "clawlets secrets init");
            }
            // Whoever reads the value next says what is wrong with the file.
            Err(
                VaultError::File(_)
                | VaultError::Sops { .. }
                | VaultError::NoValue { .. }
                | VaultError::NoKey { .. },
            ) => {}
        }
    }

    fn unreadable(&mut self, path: &Path, key: &str, error: &VaultError) {
        let shown = self.shown(path);
        match error {
            VaultError::Sops { source: SopsError::NoKey { .. }, .. } => self.add(
                FindingKind::Closed,
                format!("{shown} cannot be decrypted with the keys at hand"),
                "clawlets secrets who-can-read",
            ),
            VaultError::NoValue { .. } => self.add(
                FindingKind::NoValue,
                format!("{shown} has no text under the key {key}"),
                format!("clawlets secrets edit {key}"),
            ),
            VaultError::Sops { source, .. } => {
                let cause =
                    std::error::Error::source(source).map_or_else(String::new, |cause| format!(": {cause}"));
                self.add(
                    FindingKind::Damaged,
                    format!("{shown}: {source}{cause}"),
                    format!("git checkout -- {shown}"),
                );
            }
            VaultError::File(_) | VaultError::Rules { .. } | VaultError::NoKey { .. } => {
                self.add(FindingKind::Damaged, error.to_string(), format!("git checkout -- {shown}"));
            }
        }
    }

    fn needs(&mut self, host: &HostName, there: &BTreeSet<SecretName>) {
        for wanted in self.plan.wanted(host) {
            let since = self.found.len();
            if !wanted.is_met_by(there) {
                let instead =
                    wanted.instead.as_ref().map_or_else(String::new, |other| format!(" or {other}"));
                let message = format!(
                    "host {host} has no secret {}{instead}, which {} needs",
                    wanted.secret,
                    wanted.at.join(", ")
                );
                let fix = match wanted.generator {
                    Some(_) => format!("clawlets secrets init --host {host}"),
                    None => format!("clawlets secrets set {} --host {host}", wanted.secret),
                };
                self.add(FindingKind::Missing, message, fix);
            }
            self.name(since, host, Some(&wanted.secret));
        }
        for secret in there {
            let since = self.found.len();
            if !self.plan.refers_to(host, secret) {
                let path = self.shown(&self.vault.layout.secret(host, secret));
                let message = format!("nothing refers to {secret} of host {host}");
                self.add(FindingKind::Unreferenced, message, format!("git rm {path}"));
            }
            self.name(since, host, Some(secret));
        }
    }

    /// Files of hosts that the declaration does not have, or whose names are no secret's.
    fn strangers(&mut self) -> Result<(), FileError> {
        let layout = &self.vault.layout;
        let mut known: BTreeSet<PathBuf> = BTreeSet::new();
        for host in &self.plan.hosts {
            known.extend([layout.host_key(host), layout.ssh_host_key(host)]);
            known.extend(self.vault.secrets_of(host)?.iter().map(|secret| layout.secret(host, secret)));
        }
        for path in self.vault.files()? {
            if !known.contains(&path) {
                let shown = self.shown(&path);
                self.add(
                    FindingKind::Unreferenced,
                    format!("nothing refers to {shown}"),
                    format!("git rm {shown}"),
                );
            }
        }
        for host in &self.plan.hosts {
            let path = self.vault.layout.ssh_host_key(host);
            if path.symlink_metadata().is_ok() {
                self.readers(&path);
            }
        }
        Ok(())
    }

    /// A token that all bots share is one token, also on two hosts.
    fn differences(&mut self, values: &BTreeMap<SecretName, Vec<(HostName, Secret<String>)>>) {
        for (secret, on_hosts) in values {
            let differs = on_hosts.windows(2).any(|pair| pair[0].1 != pair[1].1);
            if differs && self.plan.is_of_all(secret) {
                let message = format!("{secret} is not the same on every host");
                self.add(FindingKind::Differs, message, format!("clawlets secrets rotate --value {secret}"));
            }
        }
    }
}
