//! SSH keys on a command line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_fleet::JsonPath;
use clawlets_model::ssh_key::SshPublicKey;
use clawlets_printer::{Fault, FaultCode, Printer};
use serde_json::Value;

use crate::fleet_file::Change;

/// What every private key file says of itself.
const PRIVATE: &str = "PRIVATE KEY-----";
/// The largest file of keys that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Flags for the keys that log into every host of the fleet, and for the hosts' own keys.
#[derive(Debug, Args)]
#[command(next_help_heading = "SSH keys of the fleet")]
pub(crate) struct SshKeyFlags {
    /// Take all keys that may log in away first.
    #[arg(long)]
    clear_ssh_keys: bool,
    /// A public key that may log in; repeatable.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    add_ssh_key: Vec<String>,
    /// A file of public keys that may log in; repeatable.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    add_ssh_key_file: Vec<PathBuf>,
    /// A public key that may log in no more; repeatable.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    rm_ssh_key: Vec<String>,
    /// Forget all keys of hosts first.
    #[arg(long)]
    clear_ssh_known_hosts: bool,
    /// A line of `known_hosts`; repeatable.
    #[arg(long, value_name = "LINE", value_parser = known_host)]
    add_ssh_known_host: Vec<String>,
    /// A file of such lines; repeatable.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    add_ssh_known_host_file: Vec<PathBuf>,
}

/// A key as it was typed.
#[derive(Debug, Clone)]
struct Key {
    key: SshPublicKey,
    /// Whether options stood before it, which are not kept.
    has_options: bool,
}

impl SshKeyFlags {
    /// The changes of the configuration that the flags ask for.
    ///
    /// # Errors
    /// A fault for a file that cannot be read or holds what it must not.
    pub(crate) fn changes(&self, printer: &Printer) -> Result<Vec<Change>, Fault> {
        let keys = JsonPath::of(["fleet", "sshAuthorizedKeys"]);
        let known = JsonPath::of(["fleet", "sshKnownHosts"]);
        let mut changes = Vec::new();
        if self.clear_ssh_keys {
            changes.push(Change::Set(keys.clone(), Value::Array(Vec::new())));
        }
        // What was typed is not repeated in a fault: it may be a private key.
        let typed = |flag: &str, key: &String| {
            public_key(key).map_err(|fault| Fault::new(FaultCode::UsageValue, format!("--{flag}: {fault}")))
        };
        for key in &self.rm_ssh_key {
            changes.push(Change::Remove(keys.clone(), typed("rm-ssh-key", key)?.key.as_str().into()));
        }
        let mut added = Vec::new();
        for key in &self.add_ssh_key {
            added.push(typed("add-ssh-key", key)?);
        }
        for file in &self.add_ssh_key_file {
            added.extend(keys_of(file)?);
        }
        for key in added {
            if key.has_options {
                printer.warn("the options before an SSH key are not kept: the key may do everything");
            }
            changes.push(Change::Add(keys.clone(), key.key.as_str().into()));
        }
        if self.clear_ssh_known_hosts {
            changes.push(Change::Set(known.clone(), Value::Array(Vec::new())));
        }
        let mut lines = self.add_ssh_known_host.clone();
        for file in &self.add_ssh_known_host_file {
            lines.extend(known_hosts_of(file)?);
        }
        changes.extend(lines.into_iter().map(|line| Change::Add(known.clone(), line.into())));
        Ok(changes)
    }
}

/// A public key in one line.
fn public_key(text: &str) -> Result<Key, String> {
    if text.contains(PRIVATE) {
        return Err(
            "this is a private key, which belongs into no command line and no configuration".to_owned()
        );
    }
    let key = SshPublicKey::from_line(text)
        .ok_or("expected a public key such as 'ssh-ed25519 AAAA…' (--add-ssh-key-file takes a file)")?;
    let has_options = !text.trim().starts_with(key.as_str().split(' ').next().unwrap_or_default());
    Ok(Key { key, has_options })
}

/// A line of `known_hosts`: who, and a public key.
fn known_host(text: &str) -> Result<String, String> {
    let line = text.trim();
    // A marker such as @cert-authority may stand before the names.
    let rest = if line.starts_with('@') {
        line.split_once(' ').map_or("", |(_, rest)| rest.trim_start())
    } else {
        line
    };
    let key = rest.split_once([' ', '\t']).map(|(_, key)| key.trim_start());
    if line.starts_with('#') || key.and_then(SshPublicKey::from_line).is_none() {
        return Err("expected a line of known_hosts, such as 'web-1 ssh-ed25519 AAAA…'".to_owned());
    }
    Ok(line.to_owned())
}

/// The path of a public key. A file that is there must hold one; one that is not may be on another machine.
pub(crate) fn public_key_path(text: &str) -> Result<String, String> {
    let path = text.trim();
    let Ok(found) = text_of(&expanded(path)) else { return Ok(path.to_owned()) };
    if found.contains(PRIVATE) {
        return Err("this file holds a private key; name the public one, which ends in .pub".to_owned());
    }
    if path.is_empty() || found.lines().any(|line| SshPublicKey::from_line(line).is_some()) {
        return Ok(path.to_owned());
    }
    Err("this file holds no SSH public key".to_owned())
}

/// Checks a file that a person named as that of their public key.
///
/// # Errors
/// Why it is none.
pub(crate) fn check_public_key_file(text: &str) -> Result<(), String> {
    text_of(&expanded(text.trim())).map_err(|error| format!("this file cannot be read: {error}"))?;
    public_key_path(text).map(drop)
}

fn keys_of(file: &Path) -> Result<Vec<Key>, Fault> {
    let text = read(file)?;
    let wrong = |what: String| Fault::new(FaultCode::UsageValue, format!("{}: {what}", file.display()));
    if text.contains(PRIVATE) {
        return Err(wrong("this is a private key".to_owned()).hint("name the public one, which ends in .pub"));
    }
    let mut keys = Vec::new();
    for (at, line) in lines(&text) {
        keys.push(public_key(line).map_err(|fault| wrong(format!("line {at}: {fault}")))?);
    }
    if keys.is_empty() { Err(wrong("there is no SSH public key in it".to_owned())) } else { Ok(keys) }
}

fn known_hosts_of(file: &Path) -> Result<Vec<String>, Fault> {
    let text = read(file)?;
    let line = |(at, line): (usize, &str)| {
        known_host(line).map_err(|fault| {
            Fault::new(FaultCode::UsageValue, format!("{}: line {at}: {fault}", file.display()))
        })
    };
    lines(&text).map(line).collect()
}

/// The lines that say something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let says_something = |(_, line): &(usize, &str)| !line.trim().is_empty() && !line.trim().starts_with('#');
    text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(says_something)
}

fn read(file: &Path) -> Result<String, Fault> {
    text_of(&expanded(&file.to_string_lossy())).map_err(|error| {
        Fault::new(FaultCode::Io, format!("failed to read {}", file.display())).because(&error)
    })
}

fn text_of(file: &Path) -> std::io::Result<String> {
    let metadata = fs::metadata(file)?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is no file of keys"));
    }
    fs::read_to_string(file)
}

/// A path with `~/` as the user's home, for where no shell has replaced it.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        (Some(_), None) | (None, _) => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn a_key_is_kept_without_options_and_comment() {
        for (text, has_options) in [
            (format!("{KEY} me@x"), false),
            (format!("  {KEY}\n"), false),
            (format!("command=\"x\" {KEY}"), true),
        ] {
            let key = public_key(&text).unwrap();
            assert_eq!((key.key.as_str(), key.has_options), (KEY, has_options), "{text}");
        }
        for text in ["", "# x", "/home/me/.ssh/id.pub", "-----BEGIN OPENSSH PRIVATE KEY-----"] {
            assert!(public_key(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_known_host_has_a_name_and_a_key() {
        for line in [format!("web-1 {KEY}"), format!("@cert-authority *.example.com {KEY} x")] {
            assert_eq!(known_host(&format!(" {line} ")), Ok(line));
        }
        for line in [KEY, "web-1", "", "# web-1"] {
            assert!(known_host(line).is_err(), "{line}");
        }
    }
}
