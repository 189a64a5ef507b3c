//! Holds a running task against its limits.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::Duration,
};

use crate::{
    clock::since_boot,
    deadline::Deadline,
    session::Summons,
    task::{Confinement, Ending, RunningTask, TaskEvent},
};

/// How long a task has between being asked to end and being ended.
const GRACE: Duration = Duration::from_secs(5);
/// What is kept of the machine's time for ending the task and reporting, at most.
const REPORT_MARGIN: Duration = Duration::from_secs(10);
/// How long the kernel may take to end everything.
const KILL_WAIT: Duration = Duration::from_secs(10);

/// What a supervisor may hear while it waits.
#[derive(Debug)]
pub(super) enum Event {
    /// From the orchestrator.
    Summons(Summons),
    /// From the task.
    Task(TaskEvent),
}

/// Why a task was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It took longer than it may.
    Timeout,
    /// The machine's time is nearly over.
    Ttl,
    /// Somebody canceled it.
    Canceled,
    /// The session is over.
    SessionOver,
}

/// How a task ended and whether it was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What its stage said.
    pub ending: Ending,
    /// Why it was stopped, if it was.
    pub stop: Option<Stop>,
    /// How long it ran.
    pub duration: Duration,
}

/// How long the task may run so that there is time left to report: what is left until the deadline without a margin,
/// which is a fifth of it but 10 s at most.
pub(super) fn time_for_the_task(deadline: &Deadline) -> Duration {
    let remaining = deadline.remaining();
    remaining.saturating_sub(REPORT_MARGIN.min(remaining / 5))
}

/// Waits for the end of a task. It is asked to end, and a little later ended, when it takes longer than `timeout`, when
/// the machine's time is nearly over, or when the orchestrator says so.
pub(super) fn watch(
    task: &RunningTask,
    confinement: &Confinement,
    timeout: Option<Duration>,
    deadline: &Deadline,
    events: &Receiver<Event>,
    started: impl Fn(),
) -> Outcome {
    let began = since_boot();
    // The margin is fixed at the start: a fifth of what is left would never be reached.
    let margin = deadline.remaining().saturating_sub(time_for_the_task(deadline));
    let mut watch = Watch { task, confinement, stop: None, kill_at: None, give_up_at: None };
    loop {
        let now = since_boot();
        let ran = now.saturating_sub(began);
        let ttl_left = deadline.remaining().saturating_sub(margin);
        let timeout_left = timeout.map_or(Duration::MAX, |timeout| timeout.saturating_sub(ran));
        if watch.stop.is_none() && timeout_left.is_zero() {
            watch.ask_to_end(Stop::Timeout);
        } else if watch.stop.is_none() && ttl_left.is_zero() {
            watch.ask_to_end(Stop::Ttl);
        }
        watch.enforce(now);
        let next = watch.next_step(now).unwrap_or_else(|| timeout_left.min(ttl_left));
        match events.recv_timeout(next) {
            Ok(Event::Task(TaskEvent::Ended(ending))) => return watch.outcome(ending, began),
            Ok(Event::Task(TaskEvent::Started)) => started(),
            Ok(Event::Summons(Summons::Cancel)) => watch.ask_to_end(Stop::Canceled),
            Ok(Event::Summons(Summons::SessionOver)) => watch.end_now(Stop::SessionOver),
            Err(RecvTimeoutError::Timeout) if watch.has_given_up() => {
                return watch.outcome(Ending::Killed { signal: 9 }, began);
            }
            // A deadline that came closer is seen at the next look, as is one that moved away.
            Ok(Event::Summons(Summons::Hurry)) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

struct Watch<'a> {
    task: &'a RunningTask,
    confinement: &'a Confinement,
    stop: Option<Stop>,
    kill_at: Option<Duration>,
    give_up_at: Option<Duration>,
}

impl Watch<'_> {
    fn ask_to_end(&mut self, why: Stop) {
        if self.stop.is_none() {
            self.stop = Some(why);
            self.kill_at = Some(since_boot() + GRACE);
            self.task.terminate();
        }
    }

    fn end_now(&mut self, why: Stop) {
        self.stop = Some(why);
        self.kill_at = Some(Duration::ZERO);
    }

    fn enforce(&mut self, now: Duration) {
        if self.give_up_at.is_none() && self.kill_at.is_some_and(|at| at <= now) {
            self.give_up_at = Some(now + KILL_WAIT);
            self.task.kill(self.confinement);
        }
    }

    fn next_step(&self, now: Duration) -> Option<Duration> {
        self.give_up_at.or(self.kill_at).map(|at| at.saturating_sub(now))
    }

    fn has_given_up(&self) -> bool {
        self.give_up_at.is_some_and(|at| at <= since_boot())
    }

    fn outcome(&self, ending: Ending, began: Duration) -> Outcome {
        Outcome { ending, stop: self.stop, duration: since_boot().saturating_sub(began) }
    }
}
