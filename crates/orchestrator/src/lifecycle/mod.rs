//! The life of a job's VM: reserve, create, boot, work, delete.
//!
//! Every job that is in hand has one *driver*, which holds its lease. A driver has no memory that matters: it reads the
//! job, chooses the next step from what stands there ([`step::next_step`], pure), carries the step out, and reads again. So
//! it does not matter where an earlier driver was interrupted. What a step does outside is written down before it is
//! done; what came of it, before anything follows from it.
//!
//! Guests, people and the reaper change the job in the store and then signal its driver. A driver that lost its lease
//! stops at its next await.

mod boot;
mod create;
mod delete;
mod dispatch;
mod driver;
mod find;
mod places;
mod reap;
mod step;
mod token;
mod watch;

pub(crate) use dispatch::dispatch;
pub(crate) use token::{Session, Token, nonce_hash};
