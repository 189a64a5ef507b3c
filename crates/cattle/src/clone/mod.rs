//! How a machine that is a copy becomes somebody, and how it practises that.
//!
//! A machine whose kernel was told to **parks**: it waits on its claim port before there is anything in its memory that
//! a copy must not share. What comes through the port makes it somebody: new randomness first, then the clock and the
//! names. Then the program executes itself anew, so that no byte of the process that all copies share lives on, and
//! goes on as [`Step::Awake`] with the port as its standard input.
//!
//! A **rehearsal** takes the same way as nobody, and back: [`forget`] leaves nothing of it but warm code.
//!
//! Nothing here draws a random byte or touches the network. Only the first process of a machine may call it.

mod error;
mod forget;
mod identity;
mod park;
mod port;
mod rehearsal;
mod step;

pub use error::CloneError;
pub use forget::forget;
pub use park::{is_asked_to_park, next};
pub use port::Port;
pub use rehearsal::archive as rehearsal_archive;
pub(crate) use step::COMMAND;
pub use step::{Awake, Purpose, Step};
