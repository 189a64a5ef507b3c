//! Boot loaders: what boots by default is written by the system's own script; what boots once is said to the loader.

mod grub;
mod loader;
mod systemd_boot;

pub use loader::{BootLoader, Entry, OneShotError, of};
