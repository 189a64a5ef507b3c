//! How a machine that is a copy becomes somebody, and how it practises that.
//!
//! A machine whose kernel was told to **parks**. Its program executes itself anew as `parked`: a process that has nothing
//! behind it, with a thread for the deadline, and that waits on the claim port. Until a claim comes, it draws no random
//! byte, keeps nothing that is secret, and touches no network, so that there is nothing in it that copies must not share.
//! What comes through the port makes it somebody: new randomness first, then the clock. Then it goes on: it reads the user
//! data that waits behind the claim, and begins to live.
//!
//! A **rehearsal** takes the same way as nobody, and back: [`forget`] leaves nothing of it but warm code, and the program
//! executes itself anew before it parks again.
//!
//! Only the first process of a machine may call any of this.

mod awake;
mod error;
mod forget;
mod identity;
mod park;
mod port;
mod rehearsal;

pub use awake::{Awake, Purpose};
pub use error::CloneError;
pub use forget::forget;
pub(crate) use park::COMMAND;
pub use park::{is_asked_to_park, next, park_anew};
pub use port::Port;
pub use rehearsal::archive as rehearsal_archive;
