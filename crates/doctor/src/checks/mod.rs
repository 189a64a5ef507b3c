//! The functions that look, by what they look at.

pub(crate) mod bootstrap;
pub(crate) mod cattle;
pub(crate) mod config;
pub(crate) mod control;
pub(crate) mod flake;
pub(crate) mod gateways;
pub(crate) mod hooks;
pub(crate) mod hygiene;
pub(crate) mod layout;
pub(crate) mod secrets;
pub(crate) mod ssh;
pub(crate) mod tools;
pub(crate) mod updates;
