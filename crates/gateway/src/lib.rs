//! The configuration of a bot's OpenClaw gateway.
//!
//! - [`render`] makes it from the fleet: what the bot declares, and what must hold for every bot;
//! - [`schema_faults`] holds it against the schema of the pinned release, [`RELEASE`];
//! - [`look_over`] finds what is valid and dangerous, with a [`Remedy`] for each, and [`harden`] all that can be mended;
//! - [`needs`] finds the variables that a bot needs, [`wire`] proposes a secret for each that has none, and [`allowlist`]
//!   keeps the others from it;
//! - [`check`] does all of that for one bot.
//!
//! It must not know the value of a secret, a file, or a gateway that runs.

mod advice;
mod check;
mod harden;
mod invariant;
mod port;
mod reference;
mod render;
mod schema;
mod settings;
mod wiring;

pub use advice::{Advice, Remedy, Weight, look_over};
pub use check::{Finding, FindingKind, check};
pub use harden::harden;
pub use invariant::TOKEN_VARIABLE;
pub use port::port;
pub use reference::{Reference, references};
pub use render::{GatewayError, Rendered, render};
pub use schema::{RELEASE, SchemaFault, schema_faults};
pub use wiring::{Need, Proposal, Supply, allowlist, needs, supply, wire};
