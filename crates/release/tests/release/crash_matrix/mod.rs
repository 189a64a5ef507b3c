//! The crash matrix: random schedules of everything that can happen to a host, and what must hold all the time.

mod host;
mod invariants;
mod release;
mod updater;

use proptest::{prelude::*, test_runner::Config};

use self::host::Host;

/// How many schedules run; `CLAWLETS_SCHEDULES` says otherwise.
fn schedules() -> u32 {
    std::env::var("CLAWLETS_SCHEDULES").ok().and_then(|number| number.parse().ok()).unwrap_or(100_000)
}

/// One thing that happens: what, and how.
fn happening() -> impl Strategy<Value = (u8, u8)> {
    // Half of all that happens is that the updater goes on with its work, or nothing would ever get far.
    (prop_oneof![1 => Just(0u8), 1 => 0..24u8], any::<u8>())
}

proptest! {
    #![proptest_config(Config { cases: schedules(), failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() })]

    #[test]
    fn whatever_happens_the_host_runs_something_good_and_can_still_be_updated(
        schedule in prop::collection::vec(happening(), 1..60)
    ) {
        let mut host = Host::new();
        for (what, how) in schedule {
            host.happens(what, how);
        }
        host.recovers();
    }
}
