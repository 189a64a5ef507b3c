//! For how long something goes on.

use std::{
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{BootError, machine::Phase};

/// How often somebody who waits looks up.
const TURN: Duration = Duration::from_millis(25);

/// The deadline of a phase, and the wish that the program ends.
#[derive(Debug, Clone, Copy)]
pub struct Patience<'a> {
    phase: Phase,
    begun: Instant,
    limit: Duration,
    told: &'a AtomicBool,
}

impl<'a> Patience<'a> {
    /// Until `limit` from now, or until `told` says that the program is to end.
    #[must_use]
    pub fn new(phase: Phase, limit: Duration, told: &'a AtomicBool) -> Self {
        Self { phase, begun: Instant::now(), limit, told }
    }

    /// How much is left.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.limit.saturating_sub(self.begun.elapsed())
    }

    /// Whether the program is to end.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.told.load(Ordering::SeqCst)
    }

    /// Goes on, unless it is over.
    ///
    /// # Errors
    /// [`BootError::Interrupted`] or [`BootError::Late`].
    pub fn check(&self) -> Result<(), BootError> {
        if self.is_told() {
            return Err(BootError::Interrupted);
        }
        if self.left().is_zero() { Err(self.late(None)) } else { Ok(()) }
    }

    /// That it took too long, and what was wrong last.
    #[must_use]
    pub fn late(&self, last: Option<BootError>) -> BootError {
        BootError::Late { phase: self.phase, after: self.limit, last: last.map(Box::new) }
    }

    /// Waits a while, unless it is over before.
    ///
    /// # Errors
    /// As [`Patience::check`], with `last` as what was wrong.
    pub fn wait(&self, span: Duration, last: BootError) -> Result<(), BootError> {
        let begun = Instant::now();
        while begun.elapsed() < span {
            match self.check() {
                Ok(()) => thread::sleep(TURN.min(span)),
                Err(BootError::Late { .. }) => return Err(self.late(Some(last))),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Tries until it works, it makes no sense to go on, or it is over.
    ///
    /// # Errors
    /// What was wrong last.
    pub fn persist<T>(
        &self,
        pause: Duration,
        mut attempt: impl FnMut() -> Result<T, BootError>,
    ) -> Result<T, BootError> {
        loop {
            self.check()?;
            match attempt() {
                Ok(done) => return Ok(done),
                Err(error) if error.may_pass() => self.wait(pause, error)?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for what may take long, and gives it up when it is over.
    ///
    /// # Errors
    /// As [`Patience::check`].
    pub async fn on<T>(&self, work: impl Future<Output = T>) -> Result<T, BootError> {
        let over = async {
            loop {
                if let Err(error) = self.check() {
                    return error;
                }
                tokio::time::sleep(TURN).await;
            }
        };
        tokio::select! {
            done = work => Ok(done),
            error = over => Err(error),
        }
    }
}
