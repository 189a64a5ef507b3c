//! The file, the connections and the threads. What is written and read is not known here.

mod files;
mod migrations;
mod options;
mod readers;
mod writer;

pub use options::StoreOptions;

pub(super) use files::Files;
pub(super) use migrations::migrate;
pub(super) use readers::Readers;
pub(super) use writer::Writer;
