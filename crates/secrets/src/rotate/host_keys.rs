//! The keys of hosts: made before the host exists, so that its first boot can decrypt.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use clawlets_model::HostName;
use jiff::Timestamp;

use crate::{
    AgeIdentity, AgeRecipient, GenerateError, Generator,
    project::{FileError, HOST_KEY, SSH_HOST_KEY, Vault, VaultError, make_private_folder, write_atomic},
};

/// The keys of a host that were made, as everybody may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKeys {
    /// What its secrets are encrypted to.
    pub recipient: AgeRecipient,
    /// Whether anything was made.
    pub is_new: bool,
}

/// Makes what is missing of a host's keys and its rules. The keys are for the operators of the rules, or for these
/// where the rules have none yet.
///
/// # Errors
/// [`VaultError`]; [`GenerateError`] inside of it cannot happen but for a system without randomness.
pub fn make_host_keys(
    vault: &mut Vault,
    host: &HostName,
    operators: &[(clawlets_model::OperatorId, AgeRecipient)],
    now: Timestamp,
) -> Result<Result<HostKeys, GenerateError>, VaultError> {
    let rules_fault = |path: PathBuf| move |source| VaultError::Rules { path, source };
    let known = vault.rules.operators().map_err(rules_fault(vault.layout.rules()))?;
    let operators = if known.is_empty() { operators.to_vec() } else { known };
    let key_path = vault.layout.host_key(host);
    let is_new = key_path.symlink_metadata().is_err();
    let identity = if is_new { AgeIdentity::generate() } else { vault.host_identity(host)? };
    if vault.rules.host(host).map_err(rules_fault(vault.layout.rules()))?.as_ref()
        != Some(identity.recipient())
    {
        vault.rules.set_host(host, &operators, identity.recipient());
        vault.write_rules()?;
    }
    if is_new {
        vault.set(&key_path, HOST_KEY, &identity.to_file(now), now)?;
    }
    let ssh_path = vault.layout.ssh_host_key(host);
    if ssh_path.symlink_metadata().is_err() {
        match Generator::SshKey.generate(&format!("root@{host}"), now) {
            Ok(made) => vault.set(&ssh_path, SSH_HOST_KEY, &made.value, now)?,
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(HostKeys { recipient: identity.recipient().clone(), is_new }))
}

/// Gives a host a new age key. The rules follow; [`super::align`] encrypts its secrets to the new key.
///
/// # Errors
/// [`VaultError`].
pub fn replace_host_key(
    vault: &mut Vault,
    host: &HostName,
    now: Timestamp,
) -> Result<AgeRecipient, VaultError> {
    let identity = AgeIdentity::generate();
    vault.set(&vault.layout.host_key(host), HOST_KEY, &identity.to_file(now), now)?;
    adopt_host_keys(vault, std::slice::from_ref(host))?;
    Ok(identity.recipient().clone())
}

/// Sets the rules to the keys that hosts have. The file of a host's key is what counts: after a crash between the two,
/// this brings the rules up to it.
///
/// # Errors
/// [`VaultError`].
pub fn adopt_host_keys(vault: &mut Vault, hosts: &[HostName]) -> Result<(), VaultError> {
    let before = vault.rules.clone();
    for host in hosts {
        if vault.layout.host_key(host).symlink_metadata().is_err() {
            continue;
        }
        let identity = vault.host_identity(host)?;
        let set = vault.rules.set_host_key(host, identity.recipient());
        set.map_err(|source| VaultError::Rules { path: vault.layout.rules(), source })?;
    }
    if vault.rules != before {
        vault.write_rules()?;
    }
    Ok(())
}

/// Writes the files that are put on a host's disk before its first boot: its two keys, in plain text, with the modes
/// that they have on the host. Gives the paths.
///
/// # Errors
/// [`VaultError`].
pub fn write_extra_files(vault: &Vault, host: &HostName) -> Result<Vec<PathBuf>, VaultError> {
    let folder = vault.layout.extra_files(host);
    let age_key = vault.value(&vault.layout.host_key(host), HOST_KEY)?;
    let ssh_key = vault.value(&vault.layout.ssh_host_key(host), SSH_HOST_KEY)?;
    make_private_folder(&vault.layout.runtime())?;
    make_private_folder(&vault.layout.all_extra_files())?;
    // An installer copies the tree with its modes, and this folder becomes the host's `/`.
    set_folder(&folder, 0o755)?;
    for (path, mode) in [("var/lib/clawlets", 0o755), ("var/lib/clawlets/keys", 0o700), ("etc/ssh", 0o755)] {
        make_folders(&folder, Path::new(path), mode)?;
    }
    let public = ssh_key::PrivateKey::from_openssh(ssh_key.expose().as_bytes())
        .and_then(|key| key.public_key().to_openssh())
        .unwrap_or_default();
    let mut written = Vec::new();
    for (path, text, mode) in [
        ("var/lib/clawlets/keys/host.agekey", age_key.expose().as_str(), 0o400),
        ("etc/ssh/ssh_host_ed25519_key", ssh_key.expose().as_str(), 0o600),
        ("etc/ssh/ssh_host_ed25519_key.pub", &format!("{public}\n"), 0o644),
    ] {
        let path = folder.join(path);
        write_atomic(&path, text.as_bytes(), mode)?;
        written.push(path);
    }
    Ok(written)
}

fn make_folders(root: &Path, path: &Path, mode: u32) -> Result<(), FileError> {
    let mut folder = root.to_owned();
    let parts: Vec<_> = path.components().collect();
    for (at, part) in parts.iter().enumerate() {
        folder.push(part);
        let is_last = at + 1 == parts.len();
        set_folder(&folder, if is_last { mode } else { 0o755 })?;
    }
    Ok(())
}

fn set_folder(path: &Path, mode: u32) -> Result<(), FileError> {
    let made =
        fs::create_dir_all(path).and_then(|()| fs::set_permissions(path, Permissions::from_mode(mode)));
    made.map_err(|source| FileError::Write { path: path.to_owned(), source })
}
