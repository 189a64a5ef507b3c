//! One life, step by step.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::Duration,
};

use clawlets_model::{EnvVarName, Scrubber, Secret, cause::chain, guest::GuestPhase, guest::TaskResult};

use super::{
    LifeError, Outcome, Stop, Verdict,
    birth::be_born,
    milestone,
    report::{self, Memory},
    watch::{Event, time_for_the_task, watch},
};
use crate::{
    artifacts,
    boot::BootSource,
    clone::{self, Purpose},
    deadline::Deadline,
    init::network,
    layout::Layout,
    logs::{LogQueue, Shipper},
    names::NameError,
    session::{Backoff, Client, Heart, Summons},
    task::{self, Confinement, Isolation, Plan, RunningTask, TaskEvent},
    work::{Work, prepare, unpack},
};

/// How long the last output may take to arrive once the task is over, while the orchestrator takes it.
const DRAIN: Duration = Duration::from_secs(30);
/// How long everything else waits for the first records to arrive: the orchestrator hears of the machine before it is
/// asked for anything more, on the connection that is open already.
const HELLO: Duration = Duration::from_millis(500);
/// How long the dead man's switch may take.
const MOMENT: Duration = Duration::from_secs(1);
/// What is kept of the machine's time for the result itself.
const RESULT_MARGIN: Duration = Duration::from_secs(2);

/// What a life needs from outside.
pub struct Circumstances {
    /// Where everything is.
    pub layout: Layout,
    /// Whether this is a rehearsal.
    pub purpose: Purpose,
    /// How much confinement of the task is asked for.
    pub isolation: Isolation,
    /// Addresses at which a relay to the orchestrator is believed.
    pub relays: Vec<IpAddr>,
    /// The deadline, armed already.
    pub deadline: Deadline,
    /// When the machine started, since the kernel did.
    pub born: Duration,
    /// Where it says what it does. The records of its beginning may be in it already.
    pub log: LogQueue,
}

/// Lives: becomes somebody, does the work, reports. Returns when the machine is no longer needed, which may be at its
/// deadline if its work says so.
///
/// # Errors
/// [`LifeError`] when it ends without a report that was accepted.
pub fn live(source: &mut dyn BootSource, around: &Circumstances) -> Result<TaskResult, LifeError> {
    let birth = be_born(source, &around.relays, &around.deadline, around.born, &around.log)?;
    let (sender, events) = mpsc::channel();
    let client = birth.redeemed.client;
    let shipper =
        Shipper::new(around.log.clone(), client.clone(), around.deadline.clone(), summoner(&sender));
    shipper.say_hello(HELLO);
    shipper.start().map_err(LifeError::system("start shipping logs"))?;
    around.log.release_console();
    let heart = Heart::start(client.clone(), around.deadline.clone(), summoner(&sender))
        .map_err(LifeError::system("start the heart"))?;
    let session = Session {
        around,
        client,
        heart,
        scrubber: Scrubber::new(birth.redeemed.env.values()),
        public_env: birth.public_env,
        secret_env: birth.redeemed.env,
        sender,
        events,
    };
    match source.names().take_on(&around.layout) {
        Ok(()) => {}
        // What shares a machine with others does not name it.
        Err(error @ NameError::Hostname(_)) => around.log.system(&chain(&error)),
        Err(error @ NameError::MachineId { .. }) => return Err(error.into()),
    }
    session.run()
}

fn summoner(sender: &Sender<Event>) -> impl Fn(Summons) + Send + 'static {
    let sender = sender.clone();
    // Nobody listens once the task is over.
    move |summons| drop(sender.send(Event::Summons(summons)))
}

/// A life that has a session.
struct Session<'a> {
    around: &'a Circumstances,
    client: Client,
    heart: Heart,
    scrubber: Scrubber,
    public_env: BTreeMap<EnvVarName, String>,
    secret_env: BTreeMap<EnvVarName, Secret<String>>,
    sender: Sender<Event>,
    events: Receiver<Event>,
}

/// A task that is over.
struct Done {
    verdict: Verdict,
    output: Option<String>,
    duration: Duration,
    stop: Option<Stop>,
}

impl Done {
    fn without_running(verdict: Verdict) -> Self {
        Self { verdict, output: None, duration: Duration::ZERO, stop: None }
    }
}

impl Session<'_> {
    fn run(self) -> Result<TaskResult, LifeError> {
        let log = &self.around.log;
        let work = match unpack(&self.fetch()?) {
            Ok(work) => Some(work),
            Err(error) => {
                log.system(&chain(&error));
                None
            }
        };
        log.system(&milestone("work fetched"));
        let done = match &work {
            Some(work) => self.perform(work)?,
            None => Done::without_running(Verdict::not_begun("the work archive makes no sense".to_owned())),
        };
        self.heart.enter(GuestPhase::Reporting);
        log.system(&milestone("task ended"));
        if let Some(work) = work.as_ref().filter(|_| done.stop != Some(Stop::Canceled)) {
            self.bring_back(work)?;
        }
        match self.around.purpose {
            Purpose::Work => self.flush(),
            // Nobody takes the records of a rehearsal.
            Purpose::Rehearsal => self.around.log.close(),
        }
        let result = done.verdict.into_result(done.output, done.duration, &self.scrubber);
        report::send(&self.client, &result, &self.around.deadline)?;
        drop(self.heart);
        if work.is_some_and(|work| !work.order.auto_shutdown) {
            stay(self.around);
        }
        Ok(result)
    }

    fn fetch(&self) -> Result<Vec<u8>, LifeError> {
        let archive = self.fetch_archive()?;
        Ok(match self.around.purpose {
            Purpose::Work => archive,
            // What a rehearsal is answered is no archive.
            Purpose::Rehearsal => clone::rehearsal_archive(),
        })
    }

    fn fetch_archive(&self) -> Result<Vec<u8>, LifeError> {
        let mut backoff = Backoff::new();
        loop {
            match self.client.work() {
                Err(error) if error.is_temporary() => {
                    let pause = backoff.next_pause();
                    if self.around.deadline.remaining() <= pause {
                        return Err(error.into());
                    }
                    thread::sleep(pause);
                }
                done => return Ok(done?),
            }
        }
    }

    /// Runs the task and waits for its end. What keeps it from running is a verdict too.
    fn perform(&self, work: &Work) -> Result<Done, LifeError> {
        if self.was_canceled()? {
            return Ok(Done::without_running(Verdict::canceled()));
        }
        let (confinement, task) = match self.start(work) {
            Ok(started) => started,
            Err(message) => return Ok(Done::without_running(Verdict::not_begun(message))),
        };
        let started = || {
            self.heart.enter(GuestPhase::Running);
            self.around.log.system(&milestone("task started"));
        };
        let deadline = &self.around.deadline;
        let outcome = watch(&task, &confinement, work.task.timeout(), deadline, &self.events, started);
        if outcome.stop == Some(Stop::SessionOver) {
            return Err(LifeError::SessionOver);
        }
        let output = self.drain(&task);
        let ran_out = confinement.cgroup.as_ref().is_some_and(task::Cgroup::ran_out_of_memory);
        let memory = if ran_out { Memory::RanOut } else { Memory::Enough };
        let verdict = Verdict::of(&outcome, memory);
        let Outcome { duration, stop, .. } = outcome;
        Ok(Done { verdict, output, duration, stop })
    }

    /// Whether the task was canceled before it began.
    fn was_canceled(&self) -> Result<bool, LifeError> {
        let mut canceled = false;
        for event in self.events.try_iter() {
            match event {
                Event::Summons(Summons::SessionOver) => return Err(LifeError::SessionOver),
                Event::Summons(Summons::Cancel) => canceled = true,
                Event::Summons(Summons::Hurry) | Event::Task(_) => {}
            }
        }
        Ok(canceled)
    }

    /// Starts the task, or says in words why that cannot be.
    fn start(&self, work: &Work) -> Result<(Confinement, RunningTask), String> {
        let Circumstances { layout, isolation, deadline, log, .. } = self.around;
        let confinement = Confinement::prepare(layout, *isolation).map_err(|error| chain(&error))?;
        for missing in &confinement.missing {
            log.system(&format!("the task is less confined: {missing}"));
        }
        prepare(layout, work, confinement.user).map_err(|error| chain(&error))?;
        let around = task::Circumstances {
            layout,
            public_env: &self.public_env,
            secret_env: &self.secret_env,
            time_left: work.task.timeout().unwrap_or(Duration::MAX).min(time_for_the_task(deadline)),
        };
        let plan = Plan::new(work, &around).map_err(|error| chain(&error))?;
        let sender = self.sender.clone();
        // Nobody listens once the watch has given up on the task.
        let tell = move |event: TaskEvent| drop(sender.send(Event::Task(event)));
        let running = RunningTask::start(plan, layout, &confinement, &self.scrubber, log, tell);
        Ok((confinement, running.map_err(|error| chain(&error))?))
    }

    /// Waits for the last output. It may wait for the orchestrator, but not for ever.
    fn drain(&self, task: &RunningTask) -> Option<String> {
        let at_most = DRAIN.min(self.time_to_report());
        let tail = task.last_output(at_most).or_else(|| {
            self.around.log.give_up_waiting();
            task.last_output(Duration::from_secs(1))
        });
        tail?.text()
    }

    fn bring_back(&self, work: &Work) -> Result<(), LifeError> {
        let log = &self.around.log;
        let selection = match artifacts::select(&self.around.layout.workspace(), work.task.artifacts()) {
            Ok(selection) => selection,
            Err(error) => {
                log.system(&format!("no artifacts: {error}"));
                return Ok(());
            }
        };
        let count = selection.files.len();
        if count == 0 && selection.skipped.is_empty() {
            return Ok(());
        }
        for skipped in artifacts::upload(&self.client, selection, || self.time_to_report())? {
            log.system(&self.scrubber.scrub(&format!("artifact skipped: {skipped}")));
        }
        log.system(&milestone("artifacts sent"));
        Ok(())
    }

    /// Waits until every record arrived, as long as there is time.
    fn flush(&self) {
        let _ = self.around.log.wait_until_empty(self.time_to_report());
        self.around.log.close();
    }

    fn time_to_report(&self) -> Duration {
        self.around.deadline.remaining().saturating_sub(RESULT_MARGIN)
    }
}

/// Stays for inspection, cut off from everybody, until the deadline ends the machine.
fn stay(around: &Circumstances) {
    match around.isolation {
        Isolation::Required => {
            if let Err(error) = network::leave() {
                around.log.system(&format!("the network stays up, so the machine does not: {error}"));
                return;
            }
        }
        // The machine's network is not ours.
        Isolation::BestEffort => {}
    }
    // That is not for this thread to do, which would otherwise race with the dead man's switch to say how it ended.
    loop {
        thread::sleep(around.deadline.remaining().max(MOMENT));
    }
}
