//! From the file's form to settings: required keys, bounds, cross rules, and whether every named file can be used.
//!
//! `Check` collects what is wrong and knows how single values are read; each table has a file of its own, and `whole` puts
//! them together.

mod cattle;
mod collect;
mod identity;
mod models;
mod provider;
mod tailnet;
mod whole;

pub(super) use collect::Check;
pub(super) use whole::check;
