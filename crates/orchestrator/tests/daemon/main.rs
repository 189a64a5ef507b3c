//! The built daemon with real sockets, real files and a provider that behaves like Hetzner's API.
//!
//! Every test owns its folder, its provider and its daemon. Guests are scripted: they speak the API of the VM over the
//! relay's socket, with the header that a relay writes.

mod bad_input;
mod callers;
mod cattle;
mod crashes;
mod egress;
mod faults;
mod one_time_token;
mod reporting;
mod starting;
mod support;
mod thread;
