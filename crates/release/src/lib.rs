//! Signed releases, and what a host does with them.
//!
//! - [`document`] holds the pointer and the manifest, their canonical bytes and their strict readers;
//! - [`signature`] verifies and makes minisign's signatures;
//! - [`trust`] decides whether a release is believed, and names what is wrong with one that is not;
//! - [`bundle`] reads the secrets that travel with a release;
//! - [`update`] is the updater as a state machine.
//!
//! Everything here is pure. Bytes, times and random seeds come in as arguments; decisions go out. The crate knows no
//! file, no network, no clock, and neither Nix nor systemd: who carries out an effect is somebody else.

pub mod bundle;
pub mod document;
pub mod signature;
pub mod trust;
pub mod update;
pub mod value;
