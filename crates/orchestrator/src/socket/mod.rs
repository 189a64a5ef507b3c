//! The API for programs on this host, on a unix socket: bots and operators enqueue jobs, look at them, and operators
//! look after the VMs.
//!
//! Who calls is known from the kernel before the first byte is read, and decides about everything: a bot sees and
//! touches its own jobs only, and what belongs to somebody else is answered like what does not exist.

mod access;
mod answer;
mod artifacts;
mod cattle;
mod enqueue;
mod health;
mod jobs;
mod listener;
mod logs;
mod query;
mod reference;
mod request;
mod routes;
mod serve;

pub(crate) use listener::{Listening, SocketError, listen};
pub(crate) use routes::Api;
pub(crate) use serve::serve;
