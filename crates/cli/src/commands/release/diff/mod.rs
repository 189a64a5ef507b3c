//! `clawlets release diff`.

mod between;
mod verb;

pub(super) use verb::Diff;
