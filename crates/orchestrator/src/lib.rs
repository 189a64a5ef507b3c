//! The daemon on a host that runs tasks in disposable VMs.
//!
//! Programs on the host enqueue jobs on its socket (`socket`); for each job it asks the provider for a VM and looks
//! after it until it is proved gone (`lifecycle`); the program in the VM fetches its work and reports over an API of
//! its own (`guest`); whatever must not exist any more is found and deleted (`reaper`).
//!
//! What is true stands in the store of `clawlets-jobs` and in the provider's list; nothing that matters is in memory
//! alone, so the daemon may be killed at any time. It must not know how a VM is made (that is `clawlets-cloud`'s) nor
//! what a job's transitions are (that is `clawlets-jobs`'s). The environment is read by the program, not here.

mod catalogue;
pub mod config;
mod daemon;
mod egress;
mod firewall;
mod github;
mod guest;
mod http;
mod identity;
mod job_files;
mod keeping;
mod lifecycle;
#[cfg(test)]
mod proof;
mod reaper;
pub mod reference;
mod relay;
mod socket;
mod spawn;
mod tailnet;

pub use daemon::{StartError, run};
pub use reaper::{DryRun, NotDeleted, SweepFault, Swept, sweep};
