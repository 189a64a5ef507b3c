//! The system's own git, kept short: no prompt, no hook, no configuration of the machine, a deadline for every call, and
//! a token that stands in no argument and in no file.

mod credential;
mod error;
mod program;
mod stop;

pub use credential::Credential;
pub use error::GitError;
pub use program::Git;
pub use stop::Stop;
