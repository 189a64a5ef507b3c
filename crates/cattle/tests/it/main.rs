//! The built program against a scripted orchestrator on loopback.
//!
//! Without root a task runs in shared namespaces; the tests that need more say so and are counted.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test, and the line says what it was")]

mod artifacts;
mod chat;
mod confinement;
mod copies;
mod deadline;
mod logs;
mod redeem;
mod support;
mod task;
