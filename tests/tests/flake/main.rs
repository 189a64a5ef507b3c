//! The flake: what a project's `flake.nix` makes of `fleet/clawlets.json`, computed by the real `nix`.
//!
//! NixOS and nixpkgs stand in: `nix/tests/nixpkgs` has the functions, options and packages that our modules use, and
//! refuses any other name. With `NIXPKGS_LIB` set to the folder `lib` of nixpkgs, its module system takes the place of ours.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod access;
mod boot_order;
mod bootstrap;
mod bots;
#[path = "../systemd/cgroup.rs"]
mod cgroup;
mod desk;
#[expect(dead_code, reason = "no test here needs what the provider holds")]
#[path = "../systemd/empty_provider.rs"]
mod empty_provider;
mod github;
#[expect(dead_code, reason = "no test here calls the orchestrator")]
#[path = "../systemd/host.rs"]
mod host;
mod memory;
mod on_systemd;
mod orchestrator;
mod outputs;
mod updates;
mod watch;
