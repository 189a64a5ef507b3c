//! The release matrix: every way in which a release can be wrong is refused by name, and changes nothing.
//!
//! Attacks on the form of a document are files in `testdata/attacks`, signed here with a key that the host trusts, so
//! that the reader is reached. Attacks on trust are made here.

mod apply;
mod clock;
mod files;
mod floor;
mod mirrors;
mod mixed;
mod signatures;
