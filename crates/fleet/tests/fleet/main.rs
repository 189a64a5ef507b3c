//! The declaration of a fleet: what is read, what is refused, and what becomes of earlier versions.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod arbitrary;
mod bench;
mod defaults;
mod migration;
mod positions;
mod properties;
mod refused;
mod schema;
mod vectors;
