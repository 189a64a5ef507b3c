//! The configuration of a bot's OpenClaw gateway.
//!
//! - [`render`] makes it from the fleet: what the bot declares, and what must hold for every bot;
//! - [`schema_faults`] holds it against the schema of the pinned release, [`RELEASE`];
//! - [`look_over`] finds what is valid and dangerous, with a safe value for each;
//! - [`references`] finds the variables that it refers to, [`wire`] proposes a secret for each that has none.

mod advice;
mod invariant;
mod port;
mod reference;
mod render;
mod schema;
mod wiring;

pub use advice::{Advice, look_over};
pub use port::port;
pub use reference::{Reference, references};
pub use render::{GatewayError, Rendered, TOKEN_VARIABLE, render};
pub use schema::{RELEASE, SchemaFault, schema_faults};
pub use wiring::{Proposal, needed, wire};
