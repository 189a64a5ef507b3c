//! `clf memory`, as processes on real folders.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod checker;
mod contention;
mod daily;
mod desk;
mod disasters;
mod hung;
mod paths;
mod people;
mod storm;
mod verbs;
