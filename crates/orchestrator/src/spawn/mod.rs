//! One spawn: from what was asked for to what a guest is given.
//!
//! [`resolve()`] checks a request and fixes everything that it refers to, so that what happens later to a persona's
//! folder or to the configured image has no part in it. What may change until the VM starts are the values of secrets.

mod charge;
mod resolve;
mod secrets;
mod snapshot;
mod spot;
mod work;

pub(crate) use charge::charge;
pub(crate) use resolve::{SpawnRefusal, resolve};
pub(crate) use secrets::{Secrets, read_values, variables};
pub(crate) use snapshot::{Order, OrderError, Snapshot};
pub(crate) use spot::Spot;
pub(crate) use work::{Surroundings, work_archive};
