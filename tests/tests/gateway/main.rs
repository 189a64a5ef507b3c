//! The whole chain with the real gateway: a person writes in a chat, the gateway asks a model, the model reads a skill and
//! calls `clf`, and that reaches what it may reach.
//!
//! Only the chat's server and the model stand in, both on loopback. It takes an installation of OpenClaw, some 650 MB, and
//! as much memory as a bot does: `make test-gateway` has both, and without it these tests are skipped.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod chat;
mod control;
mod http;
mod model;
mod openclaw;
mod telegram;
mod watched;
