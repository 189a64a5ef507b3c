//! What can go wrong with secrets, as faults.

use std::path::Path;

use clawlets_printer::{Fault, FaultCode};
use clawlets_secrets::{
    AgeKeyError, GenerateError,
    project::{FileError, VaultError},
    sops::SopsError,
};

/// A file of secrets that cannot be used.
pub(super) fn of_vault(error: &VaultError) -> Fault {
    match error {
        VaultError::File(error) => of_file(error),
        VaultError::Rules { path, source } => {
            Fault::new(FaultCode::SecretsRules, format!("the rules in {} do not do", path.display()))
                .because(source)
                .hint("'clawlets secrets init' writes the rules of hosts that have none")
        }
        VaultError::Sops { path, source } => of_sops(path, source),
        VaultError::NoValue { path, key } => Fault::new(
            FaultCode::SecretsUnreadable,
            format!("{} has no text under the key {key}", path.display()),
        )
        .hint("a file holds one secret, under the name that the file has"),
        VaultError::NoKey { path, source } => {
            Fault::new(FaultCode::SecretsUnreadable, format!("{} holds no age key", path.display()))
                .because(source)
        }
    }
}

/// A SOPS file that cannot be used.
pub(super) fn of_sops(path: &Path, error: &SopsError) -> Fault {
    let shown = path.display();
    match error {
        SopsError::NoKey { .. } => {
            Fault::new(FaultCode::SecretsClosed, format!("{shown} cannot be decrypted with the keys at hand"))
                .because(error)
                .hint("name another key with --age-key-file, or ask an operator to add yours: 'clawlets secrets rotate --operator add'")
        }
        SopsError::Tampered | SopsError::Value { .. } | SopsError::Plain { .. } | SopsError::Comment { .. } => {
            Fault::new(FaultCode::SecretsTampered, format!("{shown} was changed by hand")).because(error).hint(
                "take the file from before the change out of git, and change it with 'clawlets secrets edit'",
            )
        }
        SopsError::Yaml(_)
        | SopsError::NotEncrypted
        | SopsError::AlreadyEncrypted
        | SopsError::Metadata(_)
        | SopsError::Foreign(_)
        | SopsError::WouldLose(_)
        | SopsError::Unwritable { .. }
        | SopsError::NoRecipient => {
            Fault::new(FaultCode::SecretsUnreadable, format!("failed to use {shown}")).because(error)
        }
        SopsError::Age(_) | SopsError::Random => {
            Fault::new(FaultCode::Io, format!("failed to encrypt {shown}")).because(error)
        }
    }
}

/// A file that cannot be read or written.
pub(super) fn of_file(error: &FileError) -> Fault {
    match error {
        FileError::Missing(_) => Fault::new(FaultCode::SecretsUnknown, error.to_string()),
        FileError::Exposed { path, .. } => Fault::new(FaultCode::SecretsKeyExposed, error.to_string())
            .hint(format!("chmod 600 {}", path.display())),
        FileError::NotAFile(_) | FileError::TooLarge(_) | FileError::NotText(_) => {
            Fault::new(FaultCode::SecretsUnreadable, error.to_string())
        }
        FileError::Read { source, .. } | FileError::Write { source, .. } => {
            Fault::new(FaultCode::Io, error.to_string()).because(source)
        }
    }
}

/// A key file that holds no key.
pub(super) fn of_key(path: &Path, error: &AgeKeyError) -> Fault {
    Fault::new(FaultCode::SecretsNoKey, format!("{} cannot be used as a key file", path.display()))
        .because(error)
        .hint("'age-keygen' writes such files")
}

/// A value that could not be made.
pub(super) fn of_generate(error: &GenerateError) -> Fault {
    Fault::new(FaultCode::Io, "failed to make a value").because(error)
}
