//! The look at the provider: what exists there, whose it is, and what must not exist any more.
//!
//! The provider's list is the truth about what is billed. At start and at every interval the whole list is read; VMs
//! that are expired, off, or ours without a job are deleted. VMs of other orchestrators in the same project are touched
//! only when they are long past their expiry. What the list shows also tells how much room the caps leave.
//!
//! A sweep without the daemon ([`sweep()`]) has no jobs to look at: it goes by labels alone, and only by expiry.
//!
//! Choosing ([`judge::judge`]) is pure; the rest does what was chosen.

mod alone;
mod fleet;
mod judge;
mod sweep;
mod views;

#[cfg(test)]
pub(crate) use alone::sweep_at;
pub use alone::{NotDeleted, SweepFault, Swept, sweep};
pub(crate) use fleet::Fleet;
pub use sweep::DryRun;
pub(crate) use sweep::{SweepError, delete_doomed, look, run};
pub(crate) use views::{cattle_views, leaks};
