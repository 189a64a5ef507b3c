//! Values that are made and not typed.

mod keys;
mod password;
mod token;

use std::{fmt, str::FromStr};

use clawlets_model::Secret;
use jiff::Timestamp;
use thiserror::Error;

pub use password::hash_password;

/// A value that could not be made.
#[derive(Debug, Error)]
pub enum GenerateError {
    /// There is no such generator.
    #[error("{0:?} is no generator: expected password-hash, token:N, age-key, ssh-key or minisign-key")]
    Unknown(String),
    /// The token would be too short or too long.
    #[error("a token has {min} to {max} bytes, not {0:?}", min = token::MIN, max = token::MAX)]
    TokenLength(String),
    /// The library that makes the value refused.
    #[error("failed to make the value: {0}")]
    Failed(String),
}

/// A way to make a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generator {
    /// The hash (yescrypt) of a new password; the password is for the person who will log in.
    PasswordHash,
    /// So many random bytes, as URL-safe base64.
    Token(usize),
    /// An age key.
    AgeKey,
    /// An Ed25519 key in the form of OpenSSH.
    SshKey,
    /// A minisign key without a password.
    MinisignKey,
}

/// A value that was made.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The value to store.
    pub value: Secret<String>,
    /// The half that may be known to everybody, where there is one.
    pub public: Option<String>,
    /// What a person must keep to use the value: the password of a hash.
    pub password: Option<Secret<String>>,
}

impl Generator {
    /// Makes a value from the system's randomness. `comment` names it inside of key files.
    ///
    /// # Errors
    /// [`GenerateError::Failed`].
    pub fn generate(self, comment: &str, now: Timestamp) -> Result<Generated, GenerateError> {
        match self {
            Self::PasswordHash => {
                let password = token::random(18)?;
                let value = hash_password(&password)?;
                Ok(Generated { value, public: None, password: Some(password) })
            }
            Self::Token(bytes) => {
                Ok(Generated { value: token::random(bytes)?, public: None, password: None })
            }
            Self::AgeKey => Ok(keys::age(now)),
            Self::SshKey => keys::ssh(comment),
            Self::MinisignKey => keys::minisign(comment),
        }
    }
}

impl FromStr for Generator {
    type Err = GenerateError;

    fn from_str(text: &str) -> Result<Self, GenerateError> {
        match text.trim() {
            "password-hash" => Ok(Self::PasswordHash),
            "age-key" => Ok(Self::AgeKey),
            "ssh-key" => Ok(Self::SshKey),
            "minisign-key" => Ok(Self::MinisignKey),
            other => match other.strip_prefix("token:") {
                Some(length) => length
                    .parse()
                    .ok()
                    .filter(|bytes| (token::MIN..=token::MAX).contains(bytes))
                    .map(Self::Token)
                    .ok_or_else(|| GenerateError::TokenLength(length.chars().take(20).collect())),
                None => Err(GenerateError::Unknown(other.chars().take(40).collect())),
            },
        }
    }
}

impl fmt::Display for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PasswordHash => f.write_str("password-hash"),
            Self::Token(bytes) => write!(f, "token:{bytes}"),
            Self::AgeKey => f.write_str("age-key"),
            Self::SshKey => f.write_str("ssh-key"),
            Self::MinisignKey => f.write_str("minisign-key"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generator_is_named_as_it_prints() {
        for text in ["password-hash", "token:32", "age-key", "ssh-key", "minisign-key"] {
            assert_eq!(text.parse::<Generator>().unwrap().to_string(), text);
        }
        for text in ["token", "token:", "token:8", "token:100000", "token:-1", "token:x", "rsa", ""] {
            assert!(text.parse::<Generator>().is_err(), "{text}");
        }
    }

    #[test]
    fn two_values_are_never_the_same() {
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        for generator in [Generator::Token(16), Generator::AgeKey, Generator::SshKey, Generator::MinisignKey]
        {
            let make = || generator.generate("test", now).unwrap().value;
            assert_ne!(make().expose(), make().expose(), "{generator}");
        }
    }
}
