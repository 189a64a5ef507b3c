//! The secrets that travel with a release: a flat tar archive of SOPS files in a gzip frame.
//!
//! The reader takes only what the writer makes: regular files with plain names, each once. It says nothing about what is
//! in the files; whoever unpacks them checks that they are encrypted.

mod archive;
mod fault;
mod frame;

pub use archive::{Bundle, BundleFile};
pub use fault::BundleFault;
