//! Releases: what is signed, what is believed, and what an updater makes of it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod canonical;
mod crash_matrix;
mod matrix;
mod minisign_program;
mod mutations;
mod properties;
mod publisher;
mod tarball;
mod updater;
