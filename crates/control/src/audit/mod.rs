//! Where decisions are logged. Whoever acts on a decision logs it first, and does not act when that fails.

mod file;
mod table;

use std::sync::Arc;

use async_trait::async_trait;
use clawlets_audit::{AuditError, Entry, Head};
use thiserror::Error;

pub use file::AuditFile;
pub use table::AuditTable;

/// Why a decision was not logged.
#[derive(Debug, Error)]
pub enum NotLogged {
    /// The file does not take it, or was changed by somebody.
    #[error("the audit log takes no entry")]
    Closed(#[source] Arc<AuditError>),
    /// The table cannot be reached, or does not take it.
    #[error("failed to write the table of the audit log: {0}")]
    Table(String),
    /// The table does not hold a chain.
    #[error("the audit log in the table was changed at line {0}")]
    Broken(u64),
    /// Others write all the time.
    #[error("failed to write the table of the audit log: others write it all the time")]
    Contended,
    /// The log has ended.
    #[error("the audit log has ended")]
    Ended,
}

/// A log of decisions.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends an entry, and gives the head behind it. When it returns, it is kept for good. `published` is the mark of a
    /// line that must be in the log.
    ///
    /// # Errors
    /// [`NotLogged`].
    async fn append(&self, entry: Entry, published: Option<String>) -> Result<Head, NotLogged>;
}
