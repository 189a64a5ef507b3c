//! Keys that sign, from a file or from the environment and never from the command line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_fleet::{Fleet, Moment};
use clawlets_model::{EnvVarName, HostName, Secret};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_release::signature::{KeyFault, PublicKey, SecretKey, Signature, SignatureFault};
use jiff::Timestamp;
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use super::{
    fault::{of_key, of_read},
    manifest::declared,
};

/// Where the key is that signs.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub(in crate::commands) struct PrivateKeyFlags {
    /// The file of the key that signs.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    private_key_file: Option<PathBuf>,
    /// The environment variable that holds the file of the key that signs, such as MINISIGN_PRIVATE_KEY.
    #[arg(long, value_name = "VARIABLE")]
    private_key_env: Option<EnvVarName>,
}

impl PrivateKeyFlags {
    /// The variable that holds the key. No other program may find it in its environment.
    pub(super) fn variable(&self) -> Option<&EnvVarName> {
        self.private_key_env.as_ref()
    }

    /// Reads the key, and asks for its password if it has one.
    pub(in crate::commands) fn read(&self, printer: &Printer) -> Result<SecretKey, Fault> {
        // No core file holds the key, and nobody else of this user reads it from the memory or the environment.
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|error| {
            Fault::new(FaultCode::Io, "failed to keep the key to this process").because(&error)
        })?;
        let (what, text) = match (&self.private_key_file, &self.private_key_env) {
            (Some(path), _) => {
                let text = fs::read_to_string(path).map_err(|error| of_read(path, &error))?;
                (path.display().to_string(), Secret::new(text))
            }
            (None, Some(variable)) => match std::env::var(variable.as_str()) {
                Ok(text) if !text.trim().is_empty() => (format!("in {variable}"), Secret::new(text)),
                Ok(_) | Err(_) => {
                    let message = format!("the environment variable {variable} holds no key");
                    return Err(Fault::new(FaultCode::ReleaseKey, message)
                        .hint("it must hold both lines of the key's file"));
                }
            },
            (None, None) => return Err(no_key()),
        };
        match SecretKey::parse(&text, None) {
            Err(KeyFault::NeedsPassword) => {
                let password = printer.ask_secret(&format!("Password of the key {what}"))?;
                SecretKey::parse(&text, Some(&password)).map_err(|error| of_key(&what, &error))
            }
            read => read.map_err(|error| of_key(&what, &error)),
        }
    }
}

fn no_key() -> Fault {
    Fault::new(FaultCode::UsageArguments, "there is no key to sign with")
        .hint("give --private-key-file or --private-key-env")
}

/// Which key something must be signed with.
#[derive(Debug, Clone, Args)]
pub(super) struct PublicKeyFlags {
    /// The file of the key that it must be signed with; a key of the host if not given.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    public_key_file: Option<PathBuf>,
}

impl PublicKeyFlags {
    /// The key that was given, if any was.
    pub(super) fn given(&self) -> Result<Option<PublicKey>, Fault> {
        self.public_key_file.as_deref().map(public_key).transpose()
    }
}

fn public_key(path: &Path) -> Result<PublicKey, Fault> {
    let text = fs::read_to_string(path).map_err(|error| of_read(path, &error))?;
    PublicKey::parse(&text).map_err(|error| of_key(&path.display().to_string(), &error))
}

/// The keys that a host trusts now, at least one.
///
/// # Errors
/// A fault when it trusts none.
pub(super) fn trusted_keys(fleet: &Fleet, host: &HostName) -> Result<Vec<PublicKey>, Fault> {
    let update = &declared(fleet, host)?.self_update;
    let is_before_end = |end: Moment| Timestamp::now() < end.timestamp();
    let previous = match update.previous_public_keys_valid_until {
        Some(end) if is_before_end(end) => update.previous_public_keys.as_slice(),
        Some(_) | None => &[],
    };
    let texts = update.public_keys.iter().chain(previous);
    let keys =
        texts.map(|text| PublicKey::parse(text.as_str()).map_err(|error| of_key(text.as_str(), &error)));
    let mut keys = keys.collect::<Result<Vec<_>, _>>()?;
    let is_revoked = |key: &PublicKey| {
        let name = key.id().to_string();
        update.revoked_keys.iter().any(|revoked| revoked.as_str().eq_ignore_ascii_case(&name))
    };
    keys.retain(|key| !is_revoked(key));
    if keys.is_empty() {
        return Err(Fault::new(FaultCode::ReleaseKey, format!("host {host} trusts no key of releases"))
            .hint("'clawlets host set --self-update-public-key' adds one; --public-key-file names another"));
    }
    Ok(keys)
}

/// The key of these that signed something.
///
/// # Errors
/// What the last of them says, when none did.
pub(super) fn verify_by_one<'k>(
    keys: &'k [PublicKey],
    bytes: &[u8],
    signature: &Signature,
) -> Result<&'k PublicKey, SignatureFault> {
    let mut fault = SignatureFault::DoesNotFit;
    for key in keys {
        match key.verify(bytes, signature) {
            Ok(()) => return Ok(key),
            Err(error) => fault = error,
        }
    }
    Err(fault)
}
