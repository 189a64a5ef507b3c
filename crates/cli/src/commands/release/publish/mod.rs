//! `clawlets release publish`.

mod begun;
mod branch;
mod place;
mod source;
mod swap;
mod verb;

pub(super) use verb::Publish;
