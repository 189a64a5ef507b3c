//! The files of secrets in a project: where they are, who each is encrypted to, and how they are written.

mod file;
mod layout;
mod reader;
mod rules;
mod rules_edit;
mod vault;

pub use file::{FileError, keep_password, make_private_folder, read_private, read_text, write_atomic};
pub use layout::{HOST_KEY, Layout, SSH_HOST_KEY};
pub use reader::{Reader, ReaderName};
pub use rules::{Rules, RulesError};
pub use vault::{Vault, VaultError};
