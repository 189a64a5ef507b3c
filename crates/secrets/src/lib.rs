//! The secrets of a fleet, at rest.
//!
//! - [`AgeIdentity`] and [`AgeRecipient`] are the keys;
//! - [`sops`] is the codec of the encrypted files;
//! - [`project`] knows where a project keeps them, and who each is encrypted to;
//! - [`plan`] tells what a fleet needs and what is wrong with what is there, [`rotate`] changes readers and values;
//! - [`Generator`] makes values, [`is_placeholder`] tells what is none;
//! - [`Bundle`] is what travels to a host, [`open_age_file`] what an older repository is imported from.
//!
//! Nothing here prints, reads the environment or knows a home folder: paths, keys and the time are arguments. A value
//! is a `Secret` from the moment it is decrypted or made.

mod age_key;
mod agenix;
mod bundle;
mod generate;
mod placeholder;
pub mod plan;
pub mod project;
pub mod rotate;
pub mod sops;

pub use age_key::{AgeIdentity, AgeKeyError, AgeRecipient};
pub use agenix::{AgenixError, open_age_file};
pub use bundle::{Bundle, BundleError};
pub use generate::{GenerateError, Generated, Generator, hash_password};
pub use placeholder::is_placeholder;
