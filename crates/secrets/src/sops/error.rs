//! What can be wrong with a SOPS file.

use thiserror::Error;

/// A text that is no YAML document of the kind that a SOPS file can hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum YamlError {
    /// It is no YAML.
    #[error("line {line}: {reason}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What the parser says; it never quotes a value.
        reason: String,
    },
    /// It is YAML that a SOPS file cannot hold without loss.
    #[error("line {line}: {what}")]
    Unsupported {
        /// The line, from 1.
        line: usize,
        /// What it is and what to do instead.
        what: &'static str,
    },
    /// A key stands twice in one mapping.
    #[error("line {line}: the key {key:?} stands twice")]
    DuplicateKey {
        /// The line of the second one, from 1.
        line: usize,
        /// The key.
        key: String,
    },
    /// It is too large to be a file of secrets.
    #[error("it has {bytes} bytes; a file of secrets has at most {}", Self::MAX_BYTES)]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
}

impl YamlError {
    /// The largest text that is read, in bytes.
    pub const MAX_BYTES: usize = 4 * 1024 * 1024;
}

/// A SOPS file that cannot be read, or a tree that cannot be written as one.
#[derive(Debug, Error)]
pub enum SopsError {
    /// The text is no YAML, or YAML that SOPS has no form for.
    #[error("the file is no YAML that SOPS can hold")]
    Yaml(#[from] YamlError),
    /// There is no `sops` mapping, so nothing is encrypted.
    #[error("the file has no 'sops' section: it is not encrypted")]
    NotEncrypted,
    /// The tree has a `sops` key already.
    #[error("the file has a 'sops' section: it is encrypted already")]
    AlreadyEncrypted,
    /// The `sops` mapping is not as it should be.
    #[error("the 'sops' section is not valid: {0}")]
    Metadata(String),
    /// The file uses a feature of SOPS that would be lost or read wrongly.
    #[error("the file uses {0}, which this program does not read; use the program 'sops' for it")]
    Foreign(&'static str),
    /// The file could be read, but writing it anew would lose something.
    #[error("writing the file anew would lose {0}; use the program 'sops' for it")]
    WouldLose(String),
    /// None of the given keys opens the file.
    #[error("none of the {keys} age keys at hand opens the file; it is encrypted to {}", recipients.join(", "))]
    NoKey {
        /// How many keys were tried.
        keys: usize,
        /// The recipients that the file names.
        recipients: Vec<String>,
    },
    /// A value is not encrypted although it should be.
    #[error("the value of {path} is not encrypted")]
    Plain {
        /// The keys that lead to it, joined by dots.
        path: String,
    },
    /// A value is not in the form of an encrypted one, or was changed after it was encrypted.
    #[error("the value of {path} cannot be decrypted: {reason}")]
    Value {
        /// The keys that lead to it, joined by dots.
        path: String,
        /// Why.
        reason: &'static str,
    },
    /// A value to be encrypted is one that SOPS would not give back as it is.
    #[error("the value of {path} cannot be encrypted: {reason}")]
    Unwritable {
        /// The keys that lead to it, joined by dots.
        path: String,
        /// Why, and what to do instead.
        reason: &'static str,
    },
    /// A comment was changed after it was encrypted.
    #[error("an encrypted comment in {path} cannot be decrypted: it was changed or moved")]
    Comment {
        /// The keys of the mapping around it, joined by dots.
        path: String,
    },
    /// Values were added, removed, moved or changed after the file was written.
    #[error(
        "the file's checksum (MAC) does not fit its values: something was added, removed or changed by hand"
    )]
    Tampered,
    /// There is nobody to encrypt to.
    #[error("there is no recipient to encrypt to")]
    NoRecipient,
    /// The age library refused.
    #[error("failed to encrypt the file's key with age")]
    Age(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The system has no randomness to give.
    #[error("the system gave no random bytes")]
    Random,
}
