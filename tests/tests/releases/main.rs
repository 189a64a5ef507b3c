//! A release from the commit to the host and back, with both real programs, the real Nix, and a cache and two mirrors over
//! HTTP: nothing stands in for anything but the switch script, which does to a folder what a real one does to a machine.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod desk;
mod host;
mod race;
mod served;
mod story;
