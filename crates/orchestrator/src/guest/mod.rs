//! The API that the program in a VM speaks: it redeems its one-time token, fetches its work, says that it lives, sends
//! logs and artifacts, and reports how the task ended.
//!
//! A guest is not trusted. It is known by two things at once: by what it holds (a token or a session, of which only
//! hashes are kept) and by where it calls from (its relay, or its node on the tailnet). What it sends is bounded in
//! size and time; wrong guesses are limited for each guest, so that one cannot lock out another.

mod answer;
mod artifacts;
mod auth;
mod console;
mod guesses;
mod heartbeat;
mod logs;
mod peer;
mod reach;
mod redeem;
mod result;
mod scrubbers;
mod serve;
mod state;
mod whois;
mod work;

pub(crate) use console::ConsoleError;
#[cfg(test)]
pub(crate) use peer::Peer;
pub(crate) use reach::{Joining, Reach, tailnet_address};
pub(crate) use serve::{serve_relay, serve_tailnet};
pub(crate) use state::Guests;
pub(crate) use whois::TailscaleCommand;
