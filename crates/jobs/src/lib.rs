//! Jobs: what may happen to them, and where they are kept.
//!
//! - [`state`] is the life of a job as a pure function, [`state::step`]: events in, the next job and its history out.
//! - [`Store`] keeps jobs in one SQLite file that one process holds at a time. An answer that it gave is on disk.
//!
//! This crate knows no provider, no socket and no clock: times come in as arguments. Of secrets it sees fingerprints
//! only.

pub mod state;
mod store;

pub use state::{
    About, Budget, Cap, Caps, Charge, Event, Fence, Full, HEARTBEAT_EVERY, Job, LEASE, MaxAttempts,
    NonceHash, Note, Overdraft, Priority, Purse, Rate, Refused, Room, SessionHash, TokenHash, WorkerId,
};
pub use store::{
    Access, Admission, ApplyError, Artifact, ArtifactCaps, ArtifactError, Attendant, Counts, Cursor,
    EnqueueError, Enqueued, Filter, Found, KEYS_OUTLIVE_JOBS, MAX_EVENTS, MAX_PAGE, MalformedCursor, NewJob,
    Page, Payload, Redeemed, Redemption, Reservation, Scope, Session, SessionStanding, Store, StoreError,
    StoreOptions, TokenOwner,
};
