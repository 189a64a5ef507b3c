//! The note that a rotation has begun. It is there as long as the rotation is not ended.

use std::{fmt, fs, io, path::PathBuf};

use clawlets_model::{HostName, OperatorId, SecretName};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::project::{FileError, Layout, read_text, write_atomic};

/// What is rotated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An operator is added.
    AddOperator(OperatorId),
    /// An operator is removed.
    RemoveOperator(OperatorId),
    /// A host is given a new key.
    HostKey(HostName),
    /// A secret is given a new value, on every host that has it.
    Value(SecretName),
    /// Every file is brought in line with the rules.
    Align,
}

/// A rotation that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What is rotated.
    pub change: Change,
    /// When it began.
    pub begun: Timestamp,
}

impl Receipt {
    fn path(layout: &Layout) -> PathBuf {
        layout.runtime().join("receipts/secrets-rotate.json")
    }

    /// The receipt of a rotation that was not ended, if there is one.
    ///
    /// # Errors
    /// [`FileError`] when it cannot be read. One that is malformed counts as a rotation of everything.
    pub fn read(layout: &Layout) -> Result<Option<Self>, FileError> {
        let text = match read_text(&Self::path(layout)) {
            Ok(text) => text,
            Err(FileError::Missing(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let document: Value = serde_json::from_str(&text).unwrap_or_default();
        let field = |name: &str| document[name].as_str().unwrap_or_default();
        let subject = field("subject");
        let change = match field("change") {
            "add-operator" => OperatorId::parse(subject).ok().map(Change::AddOperator),
            "remove-operator" => OperatorId::parse(subject).ok().map(Change::RemoveOperator),
            "host-key" => HostName::parse(subject).ok().map(Change::HostKey),
            "value" => SecretName::parse(subject).ok().map(Change::Value),
            _ => None,
        };
        let begun = field("begun").parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Some(Self { change: change.unwrap_or(Change::Align), begun }))
    }

    /// Notes that the rotation begins.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn begin(&self, layout: &Layout) -> Result<(), FileError> {
        let (change, subject) = match &self.change {
            Change::AddOperator(name) => ("add-operator", name.to_string()),
            Change::RemoveOperator(name) => ("remove-operator", name.to_string()),
            Change::HostKey(name) => ("host-key", name.to_string()),
            Change::Value(name) => ("value", name.to_string()),
            Change::Align => ("align", String::new()),
        };
        let document = json!({ "change": change, "subject": subject, "begun": self.begun.to_string() });
        write_atomic(&Self::path(layout), format!("{document:#}\n").as_bytes(), 0o600)
    }

    /// Notes that the rotation has ended.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn end(layout: &Layout) -> Result<(), FileError> {
        let path = Self::path(layout);
        match fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(FileError::Write { path, source }),
        }
    }

    /// The command that goes on with it.
    #[must_use]
    pub fn command(&self) -> String {
        match &self.change {
            Change::Value(secret) => format!("clawlets secrets rotate --value {secret}"),
            Change::AddOperator(_) | Change::RemoveOperator(_) | Change::HostKey(_) | Change::Align => {
                "clawlets secrets rotate".to_owned()
            }
        }
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.change {
            Change::AddOperator(name) => write!(f, "adding operator {name}"),
            Change::RemoveOperator(name) => write!(f, "removing operator {name}"),
            Change::HostKey(host) => write!(f, "a new key for host {host}"),
            Change::Value(secret) => write!(f, "a new value for {secret}"),
            Change::Align => f.write_str("encrypting every file to its readers"),
        }
    }
}
