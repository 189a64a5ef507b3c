//! The life of a job as a pure function: `step(job, fence, event, now)` gives the next job, lines for its history, and
//! what changes in its credentials. Nothing here knows of a store, a clock or a provider.

mod budget;
mod caps;
mod digest;
mod event;
mod job;
mod lease;
mod refused;
mod retry;
mod step;

pub use budget::{Budget, Charge, Overdraft, Purse, Rate};
pub use caps::{Cap, Caps, Full, Room};
pub use digest::{ContentHash, NonceHash, ResultHash, SessionHash, TokenHash};
pub use event::{Event, Happened, HistoryLine, Note};
pub use job::{About, Job, MaxAttempts, OutOfRange, Priority, Vm};
pub use lease::{Fence, HEARTBEAT_EVERY, InvalidWorkerId, LEASE, LONGEST_LEASE, Lease, WorkerId};
pub use refused::Refused;
pub use retry::{MOST_TAKEOVERS, RetryPolicy};
pub use step::{CredentialChange, Transition, step};
