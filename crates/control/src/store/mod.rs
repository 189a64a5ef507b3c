//! Where the ledger is kept: a document with a version, written back only by whoever read the last one.

mod sqlite;
mod table;

use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use crate::ledger::Ledger;

pub use sqlite::SqliteStore;
pub use table::TableStore;

/// How often a step is taken anew because somebody else wrote meanwhile.
const TRIES: u32 = 20;

/// What a store can go wrong with. A deploy does not begin then.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file cannot be used.
    #[error("failed to use the state")]
    Sqlite(#[from] rusqlite::Error),
    /// The table cannot be used.
    #[error("failed to use the table of the state: {0}")]
    Table(String),
    /// What stands there is not of this program.
    #[error("failed to understand the state: a newer program wrote it, or it is damaged")]
    Damaged,
    /// Others write all the time.
    #[error("failed to write the state: others write it all the time")]
    Contended,
    /// The step was cut off.
    #[error("failed to use the state: the step was cut off")]
    CutOff,
}

/// A ledger as it was read.
#[derive(Debug, Clone, Default)]
pub struct Versioned {
    /// Its version; 0 before the first write.
    pub version: u64,
    /// What it says.
    pub ledger: Arc<Ledger>,
}

/// A place that keeps the ledger.
#[async_trait]
pub trait LedgerStore: Send + Sync {
    /// The ledger as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn load(&self) -> Result<Versioned, StoreError>;

    /// Writes the ledger, unless it is not the version any more that was read. Answers whether it was written.
    ///
    /// # Errors
    /// [`StoreError`]. It may have been written all the same.
    async fn replace(&self, version: u64, ledger: Arc<Ledger>) -> Result<bool, StoreError>;
}

/// Takes one step of the ledger. The step may be taken several times, each time on what was read last; only one of them
/// is written. A step that changes nothing is not written.
///
/// # Errors
/// [`StoreError`].
pub async fn step<T: Send>(
    store: &dyn LedgerStore,
    take: impl Fn(&mut Ledger) -> T + Send + Sync,
) -> Result<T, StoreError> {
    for _ in 0..TRIES {
        let read = store.load().await?;
        let mut ledger = Ledger::clone(&read.ledger);
        let came_of_it = take(&mut ledger);
        if ledger == *read.ledger || store.replace(read.version, Arc::new(ledger)).await? {
            return Ok(came_of_it);
        }
        tokio::task::yield_now().await;
    }
    Err(StoreError::Contended)
}

/// The bytes of a ledger.
fn write(ledger: &Ledger) -> String {
    serde_json::to_string(ledger).expect("a ledger has only text keys")
}

/// A ledger from its bytes.
fn read(text: &str) -> Result<Ledger, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged)
}
