//! The built program against a scripted orchestrator on loopback.
//!
//! Without root a task runs in shared namespaces; the tests that need more say so and are counted.

mod artifacts;
mod chat;
mod confinement;
mod deadline;
mod logs;
mod redeem;
mod support;
mod task;
