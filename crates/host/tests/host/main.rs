//! The program `clawlets-host`, as a user and as systemd meet it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod crash;
mod fetching;
mod lifecycle;
mod orders;
mod publisher;
mod reboot;
mod refusals;
mod secrets;
mod site;
mod stopping;
mod store;
mod world;
