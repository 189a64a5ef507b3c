//! The sockets that the local cloud's relays lead to.
//!
//! A relay carries a connection out of a guest's own network to a unix socket of ours, and says first which server is
//! calling. That word is the relay's, not the guest's, so it is worth as much as the file modes of the socket's folder:
//! only the daemon's own user and root can connect.

mod budget;
mod header;
mod listen;
mod registration;

pub(crate) use budget::{Seat, Seats};
pub(crate) use header::read_header;
pub(crate) use listen::{RelayError, listen};
pub(crate) use registration::{Registration, RegistrationError};
