//! The built daemon with real sockets, real files and a provider that behaves like Hetzner's API.
//!
//! Every test owns its folder, its provider and its daemon. Guests are scripted: they speak the API of the VM over the
//! relay's socket, with the header that a relay writes.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test, and the line says what it was")]
#![expect(clippy::print_stderr, reason = "a test that fails shows the daemon's log, and a skip says why")]

mod acl;
mod bad_input;
mod callers;
mod cattle;
mod crashes;
mod egress;
mod faults;
mod github_tokens;
mod money;
mod one_time_token;
mod places;
mod random_kills;
mod reporting;
mod requests;
mod starting;
mod support;
mod sweep;
mod tailnet;
mod tailnet_keys;
mod thread;
