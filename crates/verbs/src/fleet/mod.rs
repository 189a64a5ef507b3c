//! The verbs over the control API that both programs have.

mod deploy;
mod fault;
mod status;

pub use deploy::Deploy;
pub use fault::of_control;
pub use status::Status;
