//! The library against files of the reference program, against the programs that it must agree with, and against itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod fleet;
mod programs;
mod reference;
mod support;
mod vectors;
mod yaml;
