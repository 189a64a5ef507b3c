//! Paths in the Nix store.

use std::{fmt, sync::Arc};

use super::{InvalidValue, invalid::as_text};

/// The letters of Nix's base 32: no e, o, t, u.
const BASE32: &[u8] = b"0123456789abcdfghijklmnpqrsvwxyz";

/// One object of the Nix store: `/nix/store/<32 characters of base 32>-<name>`, with nothing behind it. The name has 1
/// to 211 characters of `[A-Za-z0-9+._?=-]` and does not begin with a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StorePath(Arc<str>);

impl StorePath {
    /// Reads a path.
    ///
    /// # Errors
    /// [`InvalidValue`] when it is no store path, or leads into one.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let is_path = || {
            let (hash, name) = text.strip_prefix("/nix/store/")?.split_once('-')?;
            let is_hash = hash.len() == 32 && hash.bytes().all(|byte| BASE32.contains(&byte));
            let is_plain =
                |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'_' | b'?' | b'=' | b'-');
            let is_name =
                (1..=211).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(is_plain);
            (is_hash && is_name).then_some(())
        };
        match is_path() {
            Some(()) => Ok(Self(text.into())),
            None => {
                Err(InvalidValue::new("store path", text, "/nix/store/<32 characters of base 32>-<name>"))
            }
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

as_text!(StorePath);

impl fmt::Display for StorePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_objects_of_the_store_are_taken() {
        let hash = "0123456789abcdfghijklmnpqrsvwxyz";
        for (text, is_fine) in [
            (format!("/nix/store/{hash}-nixos-system-web-1-26.05"), true),
            (format!("/nix/store/{hash}-a+b.c_d?e=f"), true),
            (format!("/nix/store/{hash}-system/bin/switch"), false),
            (format!("/nix/store/{hash}-"), false),
            (format!("/nix/store/{hash}-.hidden"), false),
            (format!("/nix/store/{hash}-a\0b"), false),
            (format!("/nix/store/{}-e", hash.replace('z', "e")), false),
            (format!("/nix/store/../store/{hash}-a"), false),
            (format!("/gnu/store/{hash}-a"), false),
            (format!("/nix/store/{hash}-{}", "a".repeat(211)), true),
            (format!("/nix/store/{hash}-{}", "a".repeat(212)), false),
        ] {
            assert_eq!(StorePath::parse(&text).is_ok(), is_fine, "{text}");
        }
    }
}
