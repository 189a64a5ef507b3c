//! The boot of a host from an image: who it is, its bundle, its secrets, its repositories, its memory, its token, its
//! gateways. And again while it runs, when there is a newer bundle.
//!
//! [`machine`] decides what follows from what; [`Boot`] carries it out. Nothing that works is taken away before what comes
//! in its place was verified. What repositories, memory and tokens are is known to other verbs, which are run as programs.

mod carry_out;
mod commands;
mod error;
mod fetch;
mod folder;
mod identity;
pub mod machine;
mod patience;
mod place;
mod records;
mod run;

pub use error::BootError;
pub(crate) use identity::instance;
pub use identity::who_am_i;
pub use patience::Patience;
pub use place::{AwsPlace, Variables};
pub use records::{BootLock, BootRecords};
pub use run::{Boot, Ended, Watching};
