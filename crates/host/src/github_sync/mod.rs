//! The open pull requests and issues of repositories, as two documents in the shared memory.
//!
//! What was read is kept page by page, with the marks by which GitHub says that nothing changed, so that a run costs
//! little when little happened, and so that a repository that cannot be read stays in the documents, with its age. Only
//! one page of one list is in memory at a time. What strangers wrote is made harmless on its way into a document.

mod document;
mod error;
mod fetch;
mod kept;
mod markdown;
mod report;
mod repositories;
mod run;

pub use document::{Document, documents};
pub use error::SyncError;
pub use markdown::escaped;
pub use report::{Report, RepositoryReport, Standing};
pub use repositories::Wanted;
pub use run::{Sync, run};
