//! Changing who can read the secrets, and what they are.
//!
//! The rules are written first, then every file is encrypted anew under a new key, one after the other. A crash leaves
//! files that do not fit the rules yet: `verify` finds them, and the same command goes on with them. What files cannot
//! tell (a value that is new on one host and old on another) is in a receipt that is there while the rotation runs.

mod align;
mod host_keys;
mod receipt;

pub use align::align;
pub use host_keys::{HostKeys, adopt_host_keys, make_host_keys, replace_host_key, write_extra_files};
pub use receipt::{Change, Receipt};
