//! What the tests share.

mod api;
mod cloud;
mod emulator;
mod processes;
mod skip;
mod wait;

pub(crate) use api::{Answer, Api};
pub(crate) use cloud::{TestCloud, program};
pub(crate) use emulator::{Emulator, guest_program_is_missing, real_qemu_is_missing};
pub(crate) use processes::{is_root, processes_mentioning};
pub(crate) use skip::skip;
pub(crate) use wait::eventually;
