//! `clawlets doctor`.

mod fixes;
mod place;
mod running;
mod verdicts;

pub(crate) use place::Place;
