//! `clawlets-host seed` and `tools`, with the real git against repositories that demand a token.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod desk;
mod documents;
mod repos;
mod trouble;
