//! `clawlets secrets`, from an empty project to a rotation.

mod files;
mod place;
mod project;
mod rotation;
mod sync;
mod trouble;
