//! Against a GitHub on loopback, and against GitHub's own description of its API.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod contract;
mod keys;
mod mint;
mod support;
mod trouble;
