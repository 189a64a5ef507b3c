//! Drives the updater's state machine: one event, one step, one saved state, then its effects.
//!
//! The machine decides; [`Effects`] carries out; [`Updater`] keeps the order in which both may happen, so that it can be
//! killed at any point and begin again.

mod apply;
mod effects;
mod error;
mod inhibitors;
mod release;
mod turn;
mod verify;

pub use effects::Effects;
pub use error::UpdateError;
pub use turn::{Updater, system_that_runs};
pub use verify::{Finding, verify};
