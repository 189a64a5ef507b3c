//! What is wrong with a declaration: where, what, what was expected, and what was probably meant.

mod code;
mod draft;
mod report;
mod shown;

pub use code::{ProblemCode, Severity, Strictness};
pub(crate) use draft::Draft;
pub use report::{InvalidFleet, Problem};
pub(crate) use shown::{REDACTED, looks_like_a_secret, names_a_secret, quoted, shown};
