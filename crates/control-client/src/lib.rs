//! The client of the control API.
//!
//! [`Client`] sends a request to a [`ControlUrl`] with a token and reads the answer, within a deadline and a size. What
//! it answers are the types of [`clawlets_model::control`]; what goes wrong is a [`ControlError`].
//!
//! This crate must not know clouds, files or the environment. It judges no request: that is the server's.

mod client;
mod error;
mod proxy;
mod request;
mod url;

pub use crate::url::ControlUrl;
pub use client::Client;
pub use error::{ControlError, SetupError};
pub use proxy::{InvalidProxyUrl, ProxyUrl};
pub use request::DeployRequest;
