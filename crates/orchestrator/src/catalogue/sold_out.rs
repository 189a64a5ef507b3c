//! What was sold out a moment ago.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::spawn::Spot;

/// For how long a place that was sold out is tried after all others.
const MEMORY: Duration = Duration::from_secs(5 * 60);

/// The places where the provider had no room lately, so that the next jobs do not all ask there first.
#[derive(Debug, Default)]
pub(crate) struct SoldOut(Mutex<HashMap<Spot, Instant>>);

impl SoldOut {
    /// The provider had no room there just now.
    pub(crate) fn remember(&self, spot: &Spot) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(spot.clone(), Instant::now());
    }

    /// The same places, those that were sold out lately after all others.
    pub(crate) fn last(&self, spots: Vec<Spot>) -> Vec<Spot> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, at| at.elapsed() < MEMORY);
        let (late, mut first): (Vec<_>, Vec<_>) =
            spots.into_iter().partition(|spot| known.contains_key(spot));
        first.extend(late);
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sold_out_is_tried_last_and_still_tried() {
        let spot = |kind: &str| Spot { server_type: kind.to_owned(), location: "nbg1".to_owned() };
        let all = ["cx23", "cpx22", "cx33"].map(spot).to_vec();
        let memory = SoldOut::default();
        assert_eq!(memory.last(all.clone()), all);
        memory.remember(&all[0]);
        assert_eq!(memory.last(all), ["cpx22", "cx33", "cx23"].map(spot));
    }
}
