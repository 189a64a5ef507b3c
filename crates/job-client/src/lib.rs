//! Client of the orchestrator's unix socket.
//!
//! [`Client`] has one function per call of the socket's API. A connection is kept between calls, and made anew when the
//! orchestrator has closed it; so a client is cheap to make, needs no care, and survives a restart of the orchestrator. [`Follow`] reads a log as it
//! grows and goes on where it stopped after a lost connection; [`Client::wait`] follows a job to its end.
//!
//! This crate knows neither terminal nor command line. Who the caller is, the orchestrator learns from the kernel.

mod artifact;
mod body;
mod calls;
mod client;
mod connection;
mod error;
mod follow;
mod kept;
mod patience;
mod query;
mod reference;
mod sse;
mod wait;

pub use client::{Client, DEFAULT_SOCKET};
pub use error::ClientError;
pub use follow::Follow;
pub use query::{JobFilter, LogRange};
pub use reference::{InvalidReference, Reference};
pub use wait::Until;
