//! Copies of repositories on the disk.
//!
//! A copy is there as a whole or not at all: it is cloned beside its place and renamed. One that is there is moved
//! forward when nobody changed anything in it, and is left alone otherwise. A cut in the middle of moving forward is
//! finished by the next run, from a note that was written before it began.

mod copies;
mod error;
mod existing;
mod fresh;
mod outcome;

pub use copies::Copies;
pub use error::CheckoutError;
pub use outcome::{LeftAlone, Outcome, Standing};
