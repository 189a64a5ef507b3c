//! Tasks in real virtual machines, from the command line to the result and back to nothing.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod attacks;
mod bots;
mod containment;
mod faults;
mod github;
mod tasks;
mod tokens;
