//! The folder of persona folders, read without trusting what is in it: people and tools write there.
//!
//! Nothing outside of a persona's folder is ever opened: symbolic links are refused, not followed, and so is everything
//! that is neither a regular file nor a folder. What is read is bounded before it is read.

mod error;
mod read;

pub(crate) use error::PersonaError;
pub(crate) use read::read_persona;
