//! Who calls on the socket: what the kernel says of the process at the other end, and what that makes of the caller.
//!
//! Nothing that a caller sends has a part in this.

mod account;
mod caller;
mod peer;

pub(crate) use account::{Account, Accounts, SystemAccounts};
pub(crate) use caller::{Caller, Rules};
pub(crate) use peer::{Peer, peer_of};
