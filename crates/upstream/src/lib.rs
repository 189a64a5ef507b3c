//! What every client of somebody's API begins with: where it is, and whose certificates are believed there.
//!
//! A [`BaseUrl`] that exists is one that secrets may be sent to. This crate must not know which API that is, and reads
//! nothing but the machine's certificates.

mod base_url;
mod tls;

pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use tls::{Reach, client_config};
