//! `[secrets]`: how this host's secrets are opened, and for whom.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clawlets_model::SecretName;
use serde::{Deserialize, Deserializer, de::Error};

/// How secrets are opened, and for whom.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecretsSettings {
    /// The file of the key that opens them. Nobody else may read it.
    pub age_key: PathBuf,
    /// The link by which programs find them. What it leads to lies beside it, in a folder of that name and `.d`.
    pub link: PathBuf,
    /// Whether they may only lie in memory.
    pub memory_only: bool,
    /// Whose they are, where they are not root's.
    pub owners: BTreeMap<SecretName, Owner>,
}

impl Default for SecretsSettings {
    fn default() -> Self {
        Self {
            age_key: "/var/lib/clawlets/keys/host.agekey".into(),
            link: "/run/clawlets/secrets".into(),
            memory_only: true,
            owners: BTreeMap::new(),
        }
    }
}

impl SecretsSettings {
    /// The folder in which each set of opened secrets has one of its own.
    #[must_use]
    pub fn generations(&self) -> PathBuf {
        let name = self.link.file_name().unwrap_or_default().to_string_lossy();
        self.link.parent().unwrap_or(Path::new("/")).join(format!("{name}.d"))
    }
}

/// Whose a secret is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Owner {
    /// The user; whoever opens it if not given.
    pub owner: Option<String>,
    /// The group; likewise.
    pub group: Option<String>,
    /// The mode, in octal digits.
    pub mode: Mode,
}

/// The mode of a file with a secret, in four octal digits of which the first is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode(u32);

impl Mode {
    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let is_mode = text.len() == 4 && text.starts_with('0');
        u32::from_str_radix(text, 8).ok().filter(|_| is_mode).map(Self)
    }
}

impl Default for Mode {
    fn default() -> Self {
        Self(0o400)
    }
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "{text:?} is no mode of a file: expected four octal digits such as \"0400\""
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_has_four_octal_digits_and_no_special_bits() {
        for (text, bits) in [("0400", 0o400), ("0440", 0o440), ("0660", 0o660)] {
            assert_eq!(Mode::parse(text).map(Mode::bits), Some(bits), "{text}");
        }
        for text in ["", "0", "400", "4400", "00400", "rw--", "0800", "+400"] {
            assert_eq!(Mode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_the_link_leads_to_lies_beside_it() {
        assert_eq!(SecretsSettings::default().generations(), Path::new("/run/clawlets/secrets.d"));
    }
}
