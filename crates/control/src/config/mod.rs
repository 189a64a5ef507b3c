//! The configuration: a file, variables that win over it, or variables alone.

mod build;
mod document;
mod duration_text;
mod fault;
mod load;
mod overrides;

pub use build::{BuildError, build};
pub use document::Document;
pub use fault::{ConfigError, Fault};
pub use load::load;
pub use overrides::{OVERRIDES, Override, Variables};
