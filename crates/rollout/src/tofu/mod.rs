//! Running OpenTofu or Terraform.
//!
//! The program is started directly, never through a shell. It runs in a process group of its own, so that Ctrl-C reaches it
//! once, through us: a second one would make it drop what it is doing without saving its state. Credentials are in the
//! environment, which it inherits; variables that would change its arguments are taken out.

mod error;
mod program;
mod run;

pub use error::TofuError;
pub(crate) use program::SCRATCH;
pub use program::{Module, Tofu, Variables};
pub use run::Stop;
