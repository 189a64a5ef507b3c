//! The local cloud as its clients and its owner meet it: a daemon of its own for every test, spoken to over HTTP.
//!
//! Most tests replace QEMU by a small script, since they are about servers; those in `guests` run real ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, wherever it notices")]

mod clones;
mod containment;
mod contract;
mod crashes;
mod daemon;
mod faults;
mod firewalls;
mod guests;
mod official_clients;
mod orders;
mod power;
mod relays;
mod siblings;
mod support;
