//! The conversation with the orchestrator: one token is turned into one session, and everything else uses that.
//!
//! Nothing here knows what the task is.

mod backoff;
mod base_url;
mod client;
mod error;
mod heart;
pub mod http;
mod literal;
mod redeem;

pub use backoff::Backoff;
pub use base_url::{BaseUrl, BaseUrlError, RELAY_ADDRESS};
pub use client::{BatchAnswer, Client};
pub use error::SessionError;
pub use heart::{Heart, Summons, obey};
pub use redeem::{Redeemed, redeem};
