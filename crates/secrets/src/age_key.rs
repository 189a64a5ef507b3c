//! Age keys of the kind X25519: who can read a file, and with what.

use std::{fmt, str::FromStr};

use age::secrecy::ExposeSecret;
use clawlets_model::Secret;
use thiserror::Error;
use zeroize::Zeroizing;

/// A text that is no age key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AgeKeyError {
    /// It is no recipient.
    #[error("{0:?} is no age recipient: expected age1 and 58 letters and digits")]
    Recipient(String),
    /// It is no identity. The text may be a secret with a typing error, so it is not shown.
    #[error("line {line} is no age identity: expected AGE-SECRET-KEY-1 and 58 letters and digits")]
    Identity {
        /// The line, from 1.
        line: usize,
    },
    /// There is no identity in the text.
    #[error("there is no age identity in it: expected a line that begins with AGE-SECRET-KEY-1")]
    NoIdentity,
}

/// A public key that files are encrypted to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgeRecipient(String);

impl AgeRecipient {
    /// Reads a recipient, `age1…`; surrounding white space is dropped.
    ///
    /// # Errors
    /// [`AgeKeyError::Recipient`], which shows the text: a recipient is public. An identity given by mistake is not
    /// shown.
    pub fn parse(text: &str) -> Result<Self, AgeKeyError> {
        let text = text.trim();
        match age::x25519::Recipient::from_str(text) {
            Ok(recipient) => Ok(Self(recipient.to_string())),
            Err(_) if text.to_ascii_uppercase().contains("AGE-SECRET-KEY") => {
                Err(AgeKeyError::Recipient("<redacted: this is a secret key>".to_owned()))
            }
            Err(_) => Err(AgeKeyError::Recipient(text.chars().take(80).collect())),
        }
    }

    /// The recipient as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn to_age(&self) -> age::x25519::Recipient {
        age::x25519::Recipient::from_str(&self.0).expect("it was parsed when it was made")
    }
}

impl fmt::Display for AgeRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AgeRecipient {
    type Err = AgeKeyError;
    fn from_str(text: &str) -> Result<Self, AgeKeyError> {
        Self::parse(text)
    }
}

/// A private key. It prints as its recipient.
#[derive(Clone)]
pub struct AgeIdentity {
    identity: age::x25519::Identity,
    recipient: AgeRecipient,
}

impl AgeIdentity {
    /// A new key from the system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self::of(age::x25519::Identity::generate())
    }

    fn of(identity: age::x25519::Identity) -> Self {
        let recipient = AgeRecipient(identity.to_public().to_string());
        Self { identity, recipient }
    }

    /// Reads one identity, `AGE-SECRET-KEY-1…`; surrounding white space is dropped.
    ///
    /// # Errors
    /// [`AgeKeyError::Identity`].
    pub fn parse(text: &str) -> Result<Self, AgeKeyError> {
        let parsed = age::x25519::Identity::from_str(text.trim());
        parsed.map(Self::of).map_err(|_| AgeKeyError::Identity { line: 1 })
    }

    /// Reads a key file as `age-keygen` writes it: identities on lines of their own, comments with `#`.
    ///
    /// # Errors
    /// [`AgeKeyError`] with the line of what is neither, or when there is no identity.
    pub fn parse_file(text: &str) -> Result<Vec<Self>, AgeKeyError> {
        let mut found = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            found.push(Self::parse(line).map_err(|_| AgeKeyError::Identity { line: number + 1 })?);
        }
        if found.is_empty() { Err(AgeKeyError::NoIdentity) } else { Ok(found) }
    }

    /// The public half.
    #[must_use]
    pub const fn recipient(&self) -> &AgeRecipient {
        &self.recipient
    }

    /// The key as text, `AGE-SECRET-KEY-1…`.
    #[must_use]
    pub fn to_secret(&self) -> Secret<String> {
        Secret::from(self.identity.to_string().expose_secret())
    }

    /// The text of a key file in the form of `age-keygen`, made at `created`.
    #[must_use]
    pub fn to_file(&self, created: jiff::Timestamp) -> Secret<String> {
        let created = created.strftime("%Y-%m-%dT%H:%M:%SZ");
        let key = Zeroizing::new(self.identity.to_string().expose_secret().to_owned());
        Secret::new(format!("# created: {created}\n# public key: {}\n{}\n", self.recipient, key.as_str()))
    }

    pub(crate) const fn as_age(&self) -> &age::x25519::Identity {
        &self.identity
    }
}

impl fmt::Debug for AgeIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgeIdentity({})", self.recipient)
    }
}
