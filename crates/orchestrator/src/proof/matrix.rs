//! The matrix: every moment of every life × every fault of the provider, before the death and after it.

use std::{
    io::Write as _,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use jiff::SignedDuration;
use serde_json::Value;

use super::{
    life::{Client, End, Site, live},
    scenario::{self, Scenario},
    trouble::Trouble,
    world::{Armed, NEIGHBOUR, World},
};

/// How many servers others have where pages matter: more than one page.
const NEIGHBOURS: usize = 60;
/// How many cells a usual run takes, spread over all of them.
const SAMPLE: usize = 400;

/// One life with one death and one fault.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) scenario: Scenario,
    pub(super) deaths: Vec<usize>,
    pub(super) armed: Vec<Armed>,
}

/// What came of a cell in which every invariant held.
#[derive(Debug)]
pub(super) struct Lived {
    pub(super) moments: Vec<String>,
    pub(super) job: Value,
}

impl Cell {
    /// Lives it through to its end and checks what must hold.
    pub(super) fn run(&self) -> Result<Lived, String> {
        let neighbours =
            if self.armed.iter().any(|armed| armed.trouble == Trouble::PageChange) { NEIGHBOURS } else { 0 };
        let cap = 1 + neighbours;
        let world = World::new(cap);
        let now = world.now();
        {
            let mut state = world.lock();
            state.deaths = self.deaths.iter().copied().collect();
            state.armed.clone_from(&self.armed);
            for number in 0..neighbours {
                let expires_at = now + SignedDuration::from_hours(24);
                state.project.add(&format!("neighbour-{number}"), NEIGHBOUR, expires_at, now);
            }
        }
        let site = Site::new("proof-1", cap);
        let mut client = Client::default();
        let (end, job, ends) = loop {
            match live(&world, &site, &mut client, &self.scenario) {
                (End::Died, _, _) => {}
                lived => break lived,
            }
        };
        let now = world.now();
        let state = world.lock();
        let mut breaches = state.project.breaches.clone();
        if end == End::Stuck {
            breaches.push(format!("nothing happens any more: {job}"));
        }
        if ends != 1 {
            breaches.push(format!("the job ended {ends} times"));
        }
        let left: Vec<_> =
            state.project.live(now).filter(|machine| machine.label("orchestrator") == site.id).collect();
        if !left.is_empty() {
            breaches.push(format!("left behind: {left:?}"));
        }
        let others =
            state.project.live(now).filter(|machine| machine.label("orchestrator") == NEIGHBOUR).count();
        if others != neighbours {
            breaches.push(format!("{} VMs of others are gone", neighbours - others));
        }
        if breaches.is_empty() {
            return Ok(Lived { moments: state.moments.clone(), job });
        }
        let died_at: Vec<&String> = self.deaths.iter().filter_map(|at| state.moments.get(*at)).collect();
        Err(format!("{self:?}, died at {died_at:?}: {}\n{}", breaches.join("; "), state.moments.join("\n")))
    }
}

/// Every cell of one life, by the moments that it had when nothing went wrong.
fn cells(scenario: Scenario, moments: usize) -> impl Iterator<Item = Cell> {
    (0..moments).flat_map(move |death| {
        Trouble::ALL.into_iter().flat_map(move |trouble| {
            // The request in hand when it dies, and the first ones of the next life.
            let places =
                if trouble == Trouble::None { vec![0] } else { vec![death.saturating_sub(3), death + 1] };
            places.into_iter().map(move |from| Cell {
                scenario,
                deaths: vec![death],
                armed: vec![Armed { trouble, from }],
            })
        })
    })
}

/// Runs cells on every processor. Gives the complaints.
pub(super) fn run_all(cells: &[Cell]) -> Vec<String> {
    let (next, complaints) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(complaint) = cell.run() {
                        complaints.lock().unwrap().push(complaint);
                    }
                }
            });
        }
    });
    complaints.into_inner().unwrap()
}

/// Says what was proved, past the test runner, which swallows what a test that passes prints.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

pub(super) fn report(what: &str, cells: &[Cell]) {
    let complaints = run_all(cells);
    say(&format!("{what}: cells run: {}, leaks: {}", cells.len(), complaints.len()));
    let first: Vec<_> = complaints.iter().take(12).cloned().collect();
    assert!(complaints.is_empty(), "{} of {} cells:\n{}", complaints.len(), cells.len(), first.join("\n\n"));
}

/// All cells of all lives.
fn all_cells() -> Vec<Cell> {
    let mut all = Vec::new();
    for scenario in scenario::ALL {
        let quiet = Cell { scenario, deaths: Vec::new(), armed: Vec::new() };
        let lived = quiet.run().unwrap_or_else(|complaint| panic!("{complaint}"));
        assert_eq!(
            (&lived.job["status"], &lived.job["reason"]),
            (&Value::from(scenario.ends.0), &Value::from(scenario.ends.1)),
            "{}: {}",
            scenario.name,
            lived.job
        );
        all.extend(cells(scenario, lived.moments.len()));
    }
    all
}

#[test]
fn nothing_is_left_behind_whenever_the_daemon_dies_and_whatever_the_provider_does() {
    let all = all_cells();
    let whole = std::env::var_os("CLAWLETS_MATRIX").is_some_and(|size| size == "full");
    // A step that has no common factor with the sizes of the matrix, so that each run meets every fault.
    let every = if whole { 1 } else { (all.len() / SAMPLE).max(1) | 1 };
    let chosen: Vec<Cell> = all.iter().step_by(every).cloned().collect();
    report(&format!("matrix of {} cells", all.len()), &chosen);
}

#[test]
fn the_lives_walk_every_step_of_the_state_machine() {
    let seen = steps::taken_during(|| {
        for scenario in scenario::ALL {
            let quiet = Cell { scenario, deaths: Vec::new(), armed: Vec::new() };
            quiet.run().unwrap_or_else(|complaint| panic!("{complaint}"));
        }
        // A VM that was asked for and is looked for: the daemon dies right after the provider accepted.
        let moments =
            Cell { scenario: scenario::ALL[0], deaths: Vec::new(), armed: Vec::new() }.run().unwrap().moments;
        let death = moments.iter().position(|moment| moment == "POST servers: accepted").unwrap();
        Cell { scenario: scenario::ALL[0], deaths: vec![death], armed: Vec::new() }.run().unwrap();
    });
    let missing: Vec<_> = steps::ALL.iter().filter(|step| !seen.contains(**step)).collect();
    assert!(missing.is_empty(), "no life walks {missing:?}; seen {seen:?}");
}

mod steps {
    //! Which steps a driver says that it takes.

    use std::{cell::RefCell, collections::BTreeSet, fmt, sync::Once};

    use tracing::{Event, Level, Metadata, Subscriber, field::Field, field::Visit, span};

    /// Every step that a driver can take, as it names it; but for `Leave`, which takes none.
    pub(super) const ALL: [&str; 11] = [
        "Reap",
        "Reserve",
        "Create",
        "Find",
        "AwaitBoot",
        "Watch",
        "AwaitStop",
        "End",
        "KeepUntil",
        "Delete",
        "FailAttempt",
    ];

    thread_local! {
        /// The steps that this thread's drivers took, where somebody wants to know.
        static TAKEN: RefCell<Option<BTreeSet<String>>> = const { RefCell::new(None) };
    }

    /// The steps that drivers on this thread take meanwhile.
    pub(super) fn taken_during(live: impl FnOnce()) -> BTreeSet<String> {
        static LISTENS: Once = Once::new();
        // One for the whole process: what a scoped one hears depends on what other threads do.
        LISTENS.call_once(|| tracing::subscriber::set_global_default(Steps).unwrap());
        TAKEN.set(Some(BTreeSet::new()));
        live();
        TAKEN.take().unwrap_or_default()
    }

    /// Listens for steps, and to nothing else.
    struct Steps;

    impl Subscriber for Steps {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target().ends_with("lifecycle::driver") && *metadata.level() == Level::DEBUG
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn event(&self, event: &Event<'_>) {
            event.record(&mut Taken);
        }

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }

    struct Taken;

    impl Visit for Taken {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            if field.name() == "step" {
                let text = format!("{value:?}");
                let name = text.split('(').next().unwrap_or_default().to_owned();
                TAKEN.with_borrow_mut(|taken| taken.as_mut().map(|taken| taken.insert(name)));
            }
        }
    }
}
