//! The store as its user sees it: real files, real threads, real restarts.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod artifacts;
mod budget;
mod cancel;
mod claim;
mod commits;
mod credentials;
mod damage;
mod enqueue;
mod fixture;
mod hold;
mod killed;
mod prune;
mod query;
mod reserve;
mod simulation;
mod versions;
