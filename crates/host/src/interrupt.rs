//! What ends an effect before it is done.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{Clock, records::Orders};

/// How often somebody who waits looks up.
const TURN: Duration = Duration::from_millis(25);

/// Why an effect is left before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// The updater is told to end.
    Terminated,
    /// What is on trial is past its deadline.
    Late,
    /// Somebody on this host decided something.
    Ordered,
}

/// How far an effect may go.
#[derive(Debug)]
pub struct Limits<'a> {
    /// Whether the updater is told to end.
    pub terminated: &'a Arc<AtomicBool>,
    /// The time since boot.
    pub clock: &'a Clock,
    /// When it is given up, in seconds since boot.
    pub deadline: Option<u64>,
    /// Orders that it makes way for; none while something is on trial, which is finished first.
    pub orders: Option<&'a Orders>,
}

impl Limits<'_> {
    /// Whether to go on.
    ///
    /// # Errors
    /// [`Interrupt`] says why not.
    pub fn check(&self) -> Result<(), Interrupt> {
        if self.terminated.load(Ordering::SeqCst) {
            return Err(Interrupt::Terminated);
        }
        let is_late = |deadline: u64| self.clock.now().is_ok_and(|now| now.uptime > deadline);
        if self.deadline.is_some_and(is_late) {
            return Err(Interrupt::Late);
        }
        if self.orders.is_some_and(Orders::are_there) {
            return Err(Interrupt::Ordered);
        }
        Ok(())
    }

    /// Waits for a moment.
    ///
    /// # Errors
    /// [`Interrupt`] when there is nothing more to wait for.
    pub fn wait_a_turn(&self) -> Result<(), Interrupt> {
        self.check()?;
        thread::sleep(TURN);
        self.check()
    }
}
