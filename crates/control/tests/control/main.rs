//! The program as a process, with a GitHub on loopback: every rule over HTTP and as events of a Lambda function.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod audit;
mod chats;
mod crashes;
mod credentials;
mod deploys;
mod hetzner;
mod hostile;
mod policy;
mod sources;
mod starting;
mod support;
mod table;
