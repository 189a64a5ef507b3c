//! The few system calls that need `unsafe` code, each behind a safe function in a file of its own.
//!
//! Nothing here knows what it is used for.

mod apart;
mod die_with_parent;
mod inherit;
mod jail;
mod kernel_seed;
mod peer_groups;

pub use apart::{Apart, Said};
pub use die_with_parent::die_with_parent;
pub use inherit::inherit;
pub use jail::{Jail, JailedUser, jail};
pub use kernel_seed::{SEED_BYTES, reseed_kernel};
pub use peer_groups::peer_groups;
