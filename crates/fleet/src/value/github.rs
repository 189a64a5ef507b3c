//! Names at GitHub.

use super::text_value;
use crate::form::choice;

fn is_part(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

text_value! {
    /// A repository: `owner/name`, or `name` alone where the owner is known.
    RepositoryName, "a repository such as owner/name", r"^(?!\.{1,2}(/|$))[A-Za-z0-9._-]+(/(?!\.{1,2}$)[A-Za-z0-9._-]+)?$",
        |text| text.split('/').count() <= 2 && text.split('/').all(is_part);

    /// What an app may be allowed to use, such as `pull_requests`.
    PermissionName, "a permission such as pull_requests", "^[a-z][a-z_]{0,63}$",
        |text| text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
}

choice! {
    /// How far a permission goes.
    Permission {
        /// To read only.
        Read = "read",
        /// To read and change.
        Write = "write",
        /// To administer.
        Admin = "admin",
    }
}
