//! The stage on which the tests play: a loopback HTTP server, an orchestrator made of it, and a machine to supervise.

mod emulator;
mod http;
mod machine;
mod orchestrator;
mod wait;
mod work;

pub(crate) use emulator::{Guest, Template, can_emulate, guest_program, script};
pub(crate) use http::{Reply, Request, Server};
pub(crate) use machine::Machine;
pub(crate) use orchestrator::{Orchestrator, SECRET, State, TOKEN};
pub(crate) use wait::{eventually, needs_root};
pub(crate) use work::{Job, agent, command, shell};
