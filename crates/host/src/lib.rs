//! What a host does about its releases, their secrets and its bots.
//!
//! `clawlets-release` decides, this crate carries out: it fetches, realises, switches, watches, commits and goes back.
//! Everything that it touches is named by one [`config`] file, so that a test can give it a world of its own. It knows
//! neither how a release is made nor what a secret is for.

pub mod boot;
pub mod bootstrap;
mod clock;
mod commands;
pub mod config;
mod fault;
pub mod github;
pub mod github_sync;
pub mod health;
mod interrupt;
pub mod mirrors;
pub mod nix;
mod process;
mod program;
pub mod records;
mod reference;
pub mod secrets;
pub mod switching;
pub mod updater;
pub mod watch;

pub use clock::Clock;
pub use interrupt::{Interrupt, Limits};
pub use program::{command, main};
