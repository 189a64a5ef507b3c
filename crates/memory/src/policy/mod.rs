//! What the host's owner decided about the memory.

mod document;
mod load;

pub use document::Policy;
pub use load::PolicyError;
