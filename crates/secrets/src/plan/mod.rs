//! Which secrets a fleet needs, on which host, for whom, and what of that is there.

mod need;
mod of_fleet;
mod verify;

pub use need::{Exposure, Holder, Need, Plan, Wanted};
pub use verify::{Finding, FindingKind, verify};
