//! `clawlets secrets`, from an empty project to a rotation.

mod files;
pub(crate) mod place;
mod project;
mod rotation;
mod signals;
mod sync;
mod trouble;
