//! Faults on demand: what a provider does on its bad days, by rules that can be replayed.
//!
//! A [`FaultBook`] holds the rules; for every request it gives a [`Verdict`], which the API carries out. Rules live as
//! long as the daemon.

mod book;
mod rule;
mod verdict;

pub(crate) use book::FaultBook;
pub(crate) use rule::FaultRule;
pub(crate) use verdict::{Fabricated, Transport, Verdict};
