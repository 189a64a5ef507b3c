//! Seeding with the real git, real folders and hostile archives.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod snapshot;
mod workspace;
