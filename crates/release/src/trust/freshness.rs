//! Whether a pointer is of now. A mirror that shows the same valid pointer for ever must be noticed, and so must a clock
//! that makes it look young.

use jiff::{SignedDuration, Timestamp};

use super::{Refusal, Seen, Trust};
use crate::document::Pointer;

/// How far the clocks of host and signer may be apart: one hour.
pub const MAX_SKEW: SignedDuration = SignedDuration::from_hours(1);

/// Whether the host's clock can be right at all.
pub(super) fn check_clock(trust: &Trust, seen: Option<&Seen>, now: Timestamp) -> Result<(), Refusal> {
    if now < trust.built_at.saturating_sub(MAX_SKEW).unwrap_or(trust.built_at) {
        return Err(Refusal::ClockNotSet { now });
    }
    match seen.and_then(|seen| seen.issued_at) {
        Some(seen) if now < earlier(seen.timestamp(), MAX_SKEW) => {
            Err(Refusal::ClockBehind { now, seen: seen.timestamp() })
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether a pointer counts now.
pub(super) fn check_pointer(trust: &Trust, pointer: &Pointer, now: Timestamp) -> Result<(), Refusal> {
    let issued_at = pointer.issued_at.timestamp();
    if earlier(issued_at, MAX_SKEW) > now {
        return Err(Refusal::NotYetIssued { issued_at });
    }
    if now >= pointer.expires_at.timestamp() {
        return Err(Refusal::Expired { at: pointer.expires_at.timestamp() });
    }
    let max_age = trust.max_age.as_secs();
    if now.duration_since(issued_at).as_secs() > i64::try_from(max_age).unwrap_or(i64::MAX) {
        return Err(Refusal::TooOld { issued_at, max_age });
    }
    Ok(())
}

fn earlier(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_sub(by).unwrap_or(moment)
}
