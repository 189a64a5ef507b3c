//! What OpenTofu is about to do, and whether it may.
//!
//! A plan is read as `tofu show -json` prints it. [`judge`] allows one thing: the instance of the host that is meant is made
//! or replaced, from the image that was chosen. Whatever else a plan holds is refused and named, so that a deploy can never
//! take away the control plane, the memory, the bucket or another host, whatever is wrong with the variables or the state.

mod document;
mod guard;
mod objection;

pub use document::{Change, Mode, Plan, ResourceChange};
pub use guard::{Order, Verdict, judge};
pub use objection::{Effect, Objection, Refused};
