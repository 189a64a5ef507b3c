//! Which values of a file are encrypted, and which of them its checksum covers.

use regex::Regex;

use super::error::SopsError;

/// The suffix of keys whose values stay readable, in files that say nothing else.
pub(super) const UNENCRYPTED_SUFFIX: &str = "_unencrypted";

/// How a file chooses the values that are encrypted. The rule looks at every key on the way to a value.
#[derive(Debug, Clone)]
pub enum Selection {
    /// All but those below a key with this suffix.
    UnencryptedSuffix(String),
    /// Only those below a key with this suffix.
    EncryptedSuffix(String),
    /// All but those below a key that this expression matches.
    UnencryptedRegex(Regex),
    /// Only those below a key that this expression matches.
    EncryptedRegex(Regex),
}

/// Which values the checksum covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacScope {
    /// All of them.
    Everything,
    /// Those that are encrypted.
    Encrypted,
}

/// The settings of a file that a rewrite keeps.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Which values are encrypted.
    pub selection: Selection,
    /// Which values the checksum covers.
    pub mac_scope: MacScope,
}

impl Default for Policy {
    /// The settings of files that are made here: all values are encrypted but those under `…_unencrypted`.
    fn default() -> Self {
        Self {
            selection: Selection::UnencryptedSuffix(UNENCRYPTED_SUFFIX.to_owned()),
            mac_scope: MacScope::Everything,
        }
    }
}

impl Policy {
    /// Whether the value at the end of a path of keys is encrypted.
    #[must_use]
    pub fn encrypts(&self, path: &[&str]) -> bool {
        match &self.selection {
            Selection::UnencryptedSuffix(suffix) => !path.iter().any(|key| key.ends_with(suffix.as_str())),
            Selection::EncryptedSuffix(suffix) => path.iter().any(|key| key.ends_with(suffix.as_str())),
            Selection::UnencryptedRegex(regex) => !path.iter().any(|key| regex.is_match(key)),
            Selection::EncryptedRegex(regex) => path.iter().any(|key| regex.is_match(key)),
        }
    }
}

impl Selection {
    /// The name and value of the setting in the `sops` section.
    pub(super) fn setting(&self) -> (&'static str, &str) {
        match self {
            Self::UnencryptedSuffix(suffix) => ("unencrypted_suffix", suffix),
            Self::EncryptedSuffix(suffix) => ("encrypted_suffix", suffix),
            Self::UnencryptedRegex(regex) => ("unencrypted_regex", regex.as_str()),
            Self::EncryptedRegex(regex) => ("encrypted_regex", regex.as_str()),
        }
    }

    /// The rule of such a setting; none when it is another setting.
    pub(super) fn of_setting(name: &str, value: &str) -> Option<Result<Self, SopsError>> {
        let regex = || {
            Regex::new(value).map_err(|_| {
                SopsError::Metadata(format!("{name} is no regular expression that is known here"))
            })
        };
        Some(match name {
            "unencrypted_suffix" => Ok(Self::UnencryptedSuffix(value.to_owned())),
            "encrypted_suffix" => Ok(Self::EncryptedSuffix(value.to_owned())),
            "unencrypted_regex" => regex().map(Self::UnencryptedRegex),
            "encrypted_regex" => regex().map(Self::EncryptedRegex),
            _ => return None,
        })
    }
}
