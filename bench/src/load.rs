//! Many callers at the same time.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use crate::latencies::Latencies;

/// What came of a load.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    /// How many calls were answered in a second.
    pub(crate) per_second: f64,
    /// How long single calls took.
    pub(crate) latencies: Latencies,
}

/// Makes `calls` calls, each caller one after the other, all callers at the same time, and all of them on this thread:
/// one processor is left to those who are called.
pub(crate) async fn load<C>(callers: &[C], calls: usize, call: impl AsyncFn(&C)) -> Load {
    let left = Cell::new(calls);
    let begun = Instant::now();
    let every_time = join_all(callers.iter().map(|caller| async {
        let mut times: Vec<Duration> = Vec::new();
        while let Some(rest) = left.get().checked_sub(1) {
            left.set(rest);
            let asked = Instant::now();
            call(caller).await;
            times.push(asked.elapsed());
        }
        times
    }))
    .await;
    let took = begun.elapsed();
    Load {
        per_second: calls as f64 / took.as_secs_f64(),
        latencies: Latencies::new(every_time.into_iter().flatten().collect()),
    }
}

/// The round in the middle, by its rate.
///
/// # Panics
/// When there was no round.
pub(crate) fn median_round(mut rounds: Vec<Load>) -> Load {
    rounds.sort_unstable_by(|a, b| a.per_second.total_cmp(&b.per_second));
    let middle = rounds.len() / 2;
    rounds.swap_remove(middle)
}
