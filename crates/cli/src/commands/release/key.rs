//! Keys that sign, from a file or from the environment and never from the command line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::{EnvVarName, Secret};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_release::signature::{KeyFault, PublicKey, SecretKey};

use super::fault::{of_key, of_read};

/// Where the key is that signs.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(super) struct PrivateKeyFlags {
    /// The file of the key that signs.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    private_key_file: Option<PathBuf>,
    /// The environment variable that holds the file of the key that signs, such as MINISIGN_PRIVATE_KEY.
    #[arg(long, value_name = "VARIABLE")]
    private_key_env: Option<EnvVarName>,
}

impl PrivateKeyFlags {
    /// Reads the key, and asks for its password if it has one.
    pub(super) fn read(&self, printer: &Printer) -> Result<SecretKey, Fault> {
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
            (None, None) => no_key()?,
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

/// The command line demands one of the two.
fn no_key() -> Result<(String, Secret<String>), Fault> {
    Err(Fault::new(FaultCode::UsageArguments, "there is no key to sign with")
        .hint("give --private-key-file or --private-key-env"))
}

/// Reads a public key.
pub(super) fn public_key(path: &Path) -> Result<PublicKey, Fault> {
    let text = fs::read_to_string(path).map_err(|error| of_read(path, &error))?;
    PublicKey::parse(&text).map_err(|error| of_key(&path.display().to_string(), &error))
}
