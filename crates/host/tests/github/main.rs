//! `clawlets-host github-token` and `github-sync`, against a GitHub on loopback.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod desk;
mod sync;
mod token;
mod trouble;
