//! The program `clawlets-host`, as a user and as systemd meet it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod activate;
mod attacks;
mod bundles;
mod crash;
mod fetching;
mod hostile;
mod lifecycle;
mod loaders;
mod machine;
mod memory;
mod orders;
mod publisher;
mod reboot;
mod secrets;
mod site;
mod started;
mod stopping;
mod store;
mod strangers;
mod trial;
mod uptime;
mod world;
