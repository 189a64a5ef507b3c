//! The store: jobs in one SQLite file.
//!
//! One thread writes. It takes all operations that wait, runs each in a savepoint of its own inside one transaction,
//! commits with `synchronous=FULL`, and only then answers. So an answer is on disk, one refused operation does not undo
//! its neighbours, and a hundred callers share one wait for the disk. Reads run on connections of their own.
//!
//! The store must not know what a job does, nor what time it is.

mod api;
mod artifacts;
mod attendant;
mod claim;
mod credentials;
mod enqueue;
mod error;
mod job_row;
mod ledger;
#[cfg(test)]
mod plans;
mod prune;
mod query;
mod reserve;
mod sqlite;
mod transition;

pub use api::Store;
pub use artifacts::{Artifact, ArtifactCaps};
pub use attendant::{Access, Attendant};
pub use credentials::{Redeemed, Redemption, Session, SessionStanding, TokenOwner};
pub use enqueue::{Admission, Enqueued, NewJob, Payload};
pub use error::{ApplyError, ArtifactError, EnqueueError, StoreError};
pub use prune::KEYS_OUTLIVE_JOBS;
pub use query::{Counts, Cursor, Filter, Found, MAX_PAGE, MalformedCursor, Page, Scope};
pub use reserve::Reservation;
pub use sqlite::StoreOptions;
pub use transition::MAX_EVENTS;
