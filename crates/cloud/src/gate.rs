//! Who goes first when few requests are left: deletions before creations.
//!
//! A server that is not deleted costs money, one that is not created costs time. Below a tenth of the allowance no
//! server is asked for while another is being deleted; below a twentieth none is asked for at all, until the allowance
//! has grown: what is left is for deletions and for the reads that prove them.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::{CloudError, deadline::Deadline, rate_limit::Told};

/// Below this part of the allowance creations wait for deletions in progress.
const LOW: u32 = 10;
/// Up to this part of the allowance nothing is created.
const KEPT: u32 = 20;
/// How long to wait at most before the allowance is looked at again.
const LOOK: Duration = Duration::from_secs(1);

/// Knows how many deletions are in progress.
#[derive(Debug)]
pub(crate) struct Gate(watch::Sender<usize>);

/// A deletion in progress.
#[derive(Debug)]
pub(crate) struct Deleting<'a>(&'a Gate);

/// What a creation has to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hurdle {
    Nothing,
    Deletions,
    Until(Timestamp),
}

impl Default for Gate {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Drop for Deleting<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|deletions| *deletions = deletions.saturating_sub(1));
    }
}

impl Gate {
    /// Says that a deletion is in progress, with all its tries, until the answer is dropped.
    pub(crate) fn deleting(&self) -> Deleting<'_> {
        self.0.send_modify(|deletions| *deletions += 1);
        Deleting(self)
    }

    /// Waits until a server may be asked for.
    ///
    /// # Errors
    /// [`CloudError::RateLimited`] when that will not be before the deadline; nothing was sent then.
    pub(crate) async fn may_create(
        &self,
        told: impl Fn() -> Option<Told>,
        tried: &str,
        deadline: Deadline,
    ) -> Result<(), CloudError> {
        let mut deletions = self.0.subscribe();
        loop {
            let now = Timestamp::now();
            let in_progress = *deletions.borrow_and_update();
            let (reset, pause) = match hurdle(told(), in_progress, now) {
                Hurdle::Nothing => return Ok(()),
                Hurdle::Deletions => (None, LOOK),
                Hurdle::Until(at) => {
                    (Some(at), Duration::try_from(at.duration_since(now)).unwrap_or_default())
                }
            };
            if pause >= deadline.left() {
                return Err(CloudError::RateLimited { tried: tried.to_owned(), reset });
            }
            tokio::select! {
                _ = deletions.changed() => {}
                () = tokio::time::sleep(pause.min(LOOK)) => {}
            }
        }
    }
}

fn hurdle(told: Option<Told>, deletions: usize, now: Timestamp) -> Hurdle {
    let Some(told) = told else { return Hurdle::Nothing };
    let (limit, left) = (told.rate.limit, told.remaining_at(now));
    if left <= limit / KEPT && left < limit {
        Hurdle::Until(told.reaches(limit / KEPT))
    } else if left < limit / LOW && deletions > 0 {
        Hurdle::Deletions
    } else {
        Hurdle::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RateLimit;

    #[test]
    fn creations_give_way_when_few_requests_are_left() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let told = |remaining| {
            let rate = RateLimit { limit: 100, remaining, reset: at(100) };
            Some(Told { rate, at: at(0) })
        };
        let cases = [
            ("nothing is known", None, 3, false, Hurdle::Nothing),
            ("enough is left", told(50), 3, false, Hurdle::Nothing),
            ("little is left", told(8), 0, false, Hurdle::Nothing),
            ("little is left, and something is deleted", told(8), 1, false, Hurdle::Deletions),
            ("almost nothing is left", told(3), 0, true, Hurdle::Nothing),
        ];
        for (name, told, deletions, waits, expected) in cases {
            let hurdle = hurdle(told, deletions, at(0));
            match hurdle {
                Hurdle::Until(_) => assert!(waits, "{name}"),
                Hurdle::Nothing | Hurdle::Deletions => {
                    assert!(!waits && hurdle == expected, "{name}: {hurdle:?}");
                }
            }
        }
    }
}
