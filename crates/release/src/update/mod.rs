//! The updater of a host as a state machine: `step(state, event, moment, settings) -> (state, effects)`.
//!
//! ```text
//! idle → fetched → verified → realised → secrets_staged ─┬→ testing → probation ─────────────┬→ committing → idle
//!                                                        └→ reboot_pending → booting_new     │
//!                                                             → boot_probation ──────────────┘
//! testing, probation, booting_new, boot_probation, committing → rolling_back → rolled_back | denied
//! ```
//!
//! Whoever drives it keeps this order, and may then be killed at any point:
//! 1. take the lock, so that two updaters never run at once, and read the state;
//! 2. tell the machine that it started, and what runs ([`Event::Started`]);
//! 3. for each step: save the new state as [`Save`] says, then carry out the effects in order. At most one of them has an
//!    answer, which is the next event. Effects are idempotent: after a crash the same one is asked for again.
//!
//! The first phases change nothing on the host, so a restart there begins anew. From `testing` on the state says what is
//! being tried, and what ran before stays the system that the machine boots by default until `committing`.

mod effect;
mod event;
mod failure;
mod history;
mod hold;
mod moment;
mod outcome;
mod phase;
mod state;
mod status;
mod step;
mod target;
mod tries;
mod verdict;

pub use effect::{Effect, Save, Step};
pub use event::{Answer, Command, Event, Inhibitors, NothingFetched, Offer, PointerFound, RebootLock, World};
pub use failure::{Failure, Trouble};
pub use history::{Attempt, Ending, History};
pub use hold::{Held, Hold};
pub use moment::{BootId, Moment};
pub use outcome::Outcome;
pub use phase::{Parting, Phase, Run, Way};
pub use state::State;
pub use status::Status;
pub use step::{OutOfTurn, Reboots, Settings, TRIAL_LIMIT, WATCH_MARGIN, step};
pub use target::{Good, Opening, Target};
pub use tries::{LARGEST_BACKOFF, MOST_FAILURES, Tries};
pub use verdict::{Probe, Sample, Verdict, judge};
