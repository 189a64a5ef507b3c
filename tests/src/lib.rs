//! What the tests of every crate share: waiting with a deadline, skipping aloud, and finding the built programs.
//!
//! This library knows none of our crates, so that each of them can use it in its tests.

mod aws;
mod model_server;
mod programs;
mod skip;
mod terraform;
mod wait;
mod world;

pub use aws::{MetadataServer, Moto};
pub use model_server::ModelServer;
pub use programs::{guest_program, program, workspace_root};
pub use skip::{is_root, skip};
pub use terraform::{Terraform, copy_module};
pub use wait::{eventually, eventually_within};
pub use world::{Run, World};
