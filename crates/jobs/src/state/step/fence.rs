//! From which side an event may come.

use super::{Event, Fence, Job, Refused};

/// The sides that may send an event.
enum Sides {
    /// The worker that holds the job.
    Worker,
    /// The job's VM.
    Guest,
    /// The store.
    Store,
    /// The worker that holds the job, or somebody without a lease: a person, the reaper.
    Host,
    /// Everybody.
    All,
}

/// Refuses an event that comes from the wrong side, from a worker that lost its lease, or from a VM that was given up.
pub(super) fn check(job: &Job, fence: Fence, event: &Event) -> Result<(), Refused> {
    let allowed = match (sides(event), fence) {
        (Sides::Worker | Sides::Host | Sides::All, Fence::Lease(_)) => true,
        (Sides::Guest | Sides::All, Fence::Guest(_)) => true,
        (Sides::Store | Sides::Host | Sides::All, Fence::Open) => true,
        (Sides::Guest | Sides::Store, Fence::Lease(_)) => false,
        (Sides::Worker | Sides::Store | Sides::Host, Fence::Guest(_)) => false,
        (Sides::Worker | Sides::Guest, Fence::Open) => false,
    };
    if !allowed {
        return Err(Refused::WrongFence { event: event.name() });
    }
    match fence {
        Fence::Lease(epoch) if job.lease.is_none() || epoch != job.lease_epoch => {
            Err(Refused::StaleLease { current: job.lease_epoch })
        }
        Fence::Guest(attempt) if attempt != job.attempt => {
            Err(Refused::StaleAttempt { current: job.attempt })
        }
        Fence::Lease(_) | Fence::Guest(_) | Fence::Open => Ok(()),
    }
}

fn sides(event: &Event) -> Sides {
    match event {
        Event::Renewed { .. }
        | Event::Released
        | Event::Reserved
        | Event::NoRoom(_)
        | Event::CreateIntended { .. }
        | Event::Created { .. }
        | Event::PoweredOn { .. }
        | Event::AttemptFailed { .. } => Sides::Worker,
        Event::Redeemed | Event::Started | Event::Reporting | Event::Reported(_) => Sides::Guest,
        Event::Claimed { .. } => Sides::Store,
        Event::CancelRequested
        | Event::Extended { .. }
        | Event::Ended { .. }
        | Event::DeleteRequested
        | Event::VmGone { .. } => Sides::Host,
        Event::Noted { .. } => Sides::All,
    }
}
