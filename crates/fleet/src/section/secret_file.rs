//! Secrets as variables and as files.

use clawlets_model::{EnvVarName, SecretName};
use indexmap::IndexMap;

use super::fixed;
use crate::{
    form::entry,
    value::{FileMode, SecretFileId, TargetPath, UnixName},
};

/// Environment variables, and the name of the secret that each one holds.
pub type SecretEnv = IndexMap<EnvVarName, SecretName>;

/// Files that hold secrets, by what the declaration calls them.
pub type SecretFiles = IndexMap<SecretFileId, SecretFile>;

entry! {
    /// A file that holds a secret. What appears on disk is a symbolic link: the plaintext lives in memory only.
    SecretFile {
        /// The secret.
        secret_name: SecretName = "secretName";
        /// Where it appears on the host: below `/var/lib/clawlets/`, a bot's below `/var/lib/clawlets/secrets/bots/BOT/`.
        target_path: TargetPath = "targetPath";
        /// Its mode, in four octal digits.
        mode: FileMode = "mode" or fixed(FileMode::parse("0400"));
        /// The user that owns it. Empty: root, or the bot's user.
        owner: Option<UnixName> = "owner" or None;
        /// The group that owns it. Empty: that of the owner.
        group: Option<UnixName> = "group" or None;
    }
}
