//! What can happen in the simulated world.

use clawlets_model::socket::WhenFull;
use proptest::prelude::*;

/// One thing that happens. Indices are taken modulo what there is.
#[derive(Debug, Clone)]
pub(super) enum Action {
    /// Somebody enqueues a job.
    Enqueue { requester: usize, key: Option<u8>, priority: i32, when_full: WhenFull, delay: i64, tries: u32 },
    /// A worker without a job looks for one.
    Claim { worker: usize },
    /// A worker does the next thing for its job, by what it last knew of it.
    Work { worker: usize, luck: Luck },
    /// A worker makes a mistake.
    Misbehave { worker: usize, how: Mistake },
    /// A worker renews its lease.
    Heartbeat { worker: usize },
    /// A worker gives its job back.
    Release { worker: usize },
    /// A worker dies without a word.
    Crash { worker: usize },
    /// The whole process dies, and another opens the store.
    Restart { impatient: bool },
    /// A guest does something.
    Guest { vm: usize, does: Guest },
    /// Somebody cancels a job.
    Cancel { job: usize },
    /// The reaper compares the store with the provider.
    Sweep,
    /// Time passes, or the clock is set back.
    Tick { seconds: i64 },
    /// Old jobs are forgotten.
    Prune,
}

/// How a call to the provider goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Luck {
    /// It works.
    Good,
    /// It works, but the answer is lost with the worker.
    DiesAfter,
    /// It fails.
    Bad,
}

/// What a worker does by mistake.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mistake {
    TriesAgain,
    MakesAnother,
    Deletes,
    EndsIt,
}

/// What a guest does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Guest {
    Redeem,
    RedeemAgain,
    Start,
    Finish,
    Vanish,
}

impl Action {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        let luck = prop_oneof![5 => Just(Luck::Good), 1 => Just(Luck::DiesAfter), 1 => Just(Luck::Bad)];
        let guest = prop_oneof![
            4 => Just(Guest::Redeem),
            1 => Just(Guest::RedeemAgain),
            2 => Just(Guest::Start),
            3 => Just(Guest::Finish),
            1 => Just(Guest::Vanish),
        ];
        let mistake = prop_oneof![
            4 => Just(Mistake::TriesAgain),
            4 => Just(Mistake::MakesAnother),
            2 => Just(Mistake::Deletes),
            1 => Just(Mistake::EndsIt),
        ];
        let when_full = prop_oneof![Just(WhenFull::Refuse), Just(WhenFull::Queue)];
        let seconds = prop_oneof![6 => 1..8_i64, 2 => 8..40_i64, 1 => 600..5_000_i64, 1 => -4_000..0_i64];
        let worker = || 0..2_usize;
        prop_oneof![
            4 => (0..3_usize, proptest::option::of(0..4_u8), -1..2_i32, when_full, 0..30_i64, 1..4_u32).prop_map(
                |(requester, key, priority, when_full, delay, tries)| {
                    // Half of the delays are none.
                    let delay = (delay - 15).max(0);
                    Self::Enqueue { requester, key, priority, when_full, delay, tries }
                }
            ),
            5 => worker().prop_map(|worker| Self::Claim { worker }),
            14 => (worker(), luck).prop_map(|(worker, luck)| Self::Work { worker, luck }),
            2 => (worker(), mistake).prop_map(|(worker, how)| Self::Misbehave { worker, how }),
            2 => worker().prop_map(|worker| Self::Heartbeat { worker }),
            1 => worker().prop_map(|worker| Self::Release { worker }),
            1 => worker().prop_map(|worker| Self::Crash { worker }),
            1 => any::<bool>().prop_map(|impatient| Self::Restart { impatient }),
            8 => (0..8_usize, guest).prop_map(|(vm, does)| Self::Guest { vm, does }),
            1 => (0..8_usize).prop_map(|job| Self::Cancel { job }),
            2 => Just(Self::Sweep),
            5 => seconds.prop_map(|seconds| Self::Tick { seconds }),
            1 => Just(Self::Prune),
        ]
    }
}
