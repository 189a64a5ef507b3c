//! Variables that a bot needs, and the secrets that hold them.

mod allowlist;
mod need;
mod propose;
mod provider;
mod supply;
#[cfg(test)]
mod tests;

pub use allowlist::allowlist;
pub use need::{Need, needs};
pub use propose::{Proposal, wire};
pub use supply::{Supply, supply};
