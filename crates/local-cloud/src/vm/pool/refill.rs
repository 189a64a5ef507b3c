//! The one worker that keeps the pool full.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    entry::Kind,
    stock::{Plan, Pool},
};
use crate::vm::{
    error::GuestError,
    spec::GuestSpec,
    template::{NoTemplate, TemplateKey},
};

/// How long to wait after a failure; twice as long after each further one.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(60);
/// How many copies in a row must fail until their template is to blame.
const FAILURES: u32 = 3;

/// Fills the pool up whenever something is missing. Never ends by itself.
pub(super) async fn refill(pool: Pool) {
    let mut changes = pool.shelf().changes();
    let mut failures = 0;
    loop {
        match pool.plan() {
            Plan::Wait => tokio::select! {
                () = pool.woken() => {}
                _ = changes.changed() => {}
            },
            Plan::Pause(quiet) => sleep(quiet).await,
            Plan::End(entries) => {
                for entry in entries {
                    entry.end().await;
                }
            }
            Plan::Make(expected, kind, count) => match make(&pool, &expected, kind, count).await {
                Ok(()) => failures = 0,
                Err(Unmade::NoTemplate) => tokio::select! {
                    () = pool.woken() => {}
                    _ = changes.changed() => {}
                    // One that could not be made is tried again some time.
                    () = sleep(LONGEST_RETRY) => {}
                },
                Err(Unmade::Guest(error)) => {
                    failures += 1;
                    tracing::warn!(%error, failures, "failed to make an entry of the pool");
                    if failures % FAILURES == 0 {
                        pool.shelf().distrust(TemplateKey::of(&expected), &error.to_string());
                    }
                    sleep(retry(failures)).await;
                }
            },
        }
    }
}

/// Why nothing was made.
enum Unmade {
    /// There is nothing to copy.
    NoTemplate,
    /// The copy failed.
    Guest(GuestError),
}

async fn make(pool: &Pool, expected: &GuestSpec, kind: Kind, count: usize) -> Result<(), Unmade> {
    let (key, template) = pool.shelf().template(expected).map_err(|reason: NoTemplate| {
        tracing::debug!(%reason, "the pool is not filled");
        Unmade::NoTemplate
    })?;
    let one = || async { pool.make_one(kind, (key, &template)).await.map_err(Unmade::Guest) };
    if count > 1 {
        let (first, second) = tokio::join!(one(), one());
        first.and(second)
    } else {
        one().await
    }
}

fn retry(failures: u32) -> Duration {
    FIRST_RETRY.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_RETRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_with_every_failure_up_to_a_minute() {
        let pauses = [1, 2, 3, 7, 40].map(|failures| retry(failures).as_secs());
        assert_eq!(pauses, [1, 2, 4, 60, 60]);
    }
}
