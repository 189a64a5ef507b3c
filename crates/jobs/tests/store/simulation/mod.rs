//! Random lives: two workers, a provider, guests, people, crashes and clocks, against what must always hold.
//!
//! The world outside of the store is simulated; the store is the real one, on a real disk. After every action the store
//! is compared with what a naive observer knows.

mod actions;
mod observer;
mod world;

use proptest::{prelude::*, test_runner::FileFailurePersistence};

use self::{actions::Action, world::World};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        max_shrink_iters: 2_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_no_vm_is_leaked_and_every_job_ends_once(
        actions in proptest::collection::vec(Action::any(), 1..160),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            for action in actions {
                world.act(&action).await;
                world.check().await;
            }
            world.settle().await;
        });
    }
}
