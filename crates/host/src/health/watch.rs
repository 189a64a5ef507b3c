//! All checks at once, until there is a verdict.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use clawlets_release::{
    document::Check,
    update::{Sample, Verdict, judge},
};

use super::look::{Looker, probe};
use crate::{Interrupt, Limits, config::Config};

const TURN: Duration = Duration::from_millis(50);

/// Runs the checks until there is a verdict. `proven_at` is when the probation ends, in seconds since boot; it lasts
/// `probation` seconds in all, of which some may have passed already.
///
/// # Errors
/// [`Interrupt`] when nobody waits for the verdict any more.
pub fn watch(
    config: &Config,
    checks: &[Check],
    proven_at: u64,
    probation: u64,
    limits: &Limits<'_>,
) -> Result<Verdict, Interrupt> {
    let begins_at = proven_at.saturating_sub(probation);
    let elapsed = || limits.clock.now().map_or(0, |now| now.uptime.saturating_sub(begins_at));
    let is_over = AtomicBool::new(false);
    let looker = Arc::new(Looker { settings: config.health.clone(), paths: config.paths.clone(), is_over });
    let mut samples = vec![Sample { probe: None, at: elapsed() }; checks.len()];
    let (sender, samples_taken) = mpsc::channel();
    for (at, check) in checks.iter().cloned().enumerate() {
        let (sender, clock, looker) = (sender.clone(), limits.clock.clone(), Arc::clone(&looker));
        // Nobody waits for a try that hangs: it ends by its own deadline.
        thread::spawn(move || {
            while !looker.is_over.load(Ordering::Relaxed) {
                let probe = Some(probe(&check, &looker));
                let at_second = clock.now().map_or(0, |now| now.uptime.saturating_sub(begins_at));
                if sender.send((at, Sample { probe, at: at_second })).is_err() {
                    return;
                }
                rest(looker.settings.interval.duration(), &looker.is_over);
            }
        });
    }
    let verdict = loop {
        match samples_taken.recv_timeout(TURN) {
            // Each is looked at by itself: one that failed counts though the next one did not.
            Ok((at, sample)) => samples[at] = sample,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::sleep(TURN),
        }
        if let Some(verdict) = judge(checks, &samples, elapsed(), probation) {
            break Ok(verdict);
        }
        if let Err(interrupt) = limits.check() {
            break Err(interrupt);
        }
    };
    looker.is_over.store(true, Ordering::Relaxed);
    verdict
}

fn rest(interval: Duration, is_over: &AtomicBool) {
    let end = Instant::now() + interval;
    while Instant::now() < end && !is_over.load(Ordering::Relaxed) {
        thread::sleep(TURN.min(end.saturating_duration_since(Instant::now())));
    }
}
