//! Jobs accepted a second.
//!
//! The jobs are for tomorrow, so that only their acceptance is measured. Each is on disk before it is answered. The other
//! side writes the same rows through the same code, with one commit for each job; it is spared the socket.

mod over_socket;
mod straight;

use over_socket::OverSocket;
use straight::Straight;

use crate::{
    filled::Keys,
    load::{Load, median_round},
    process::{Memory, processor_time},
    report::{Figure, Report},
    scale::Scale,
    site::{Rows, Site},
};

/// Who accepted these rates before: the orchestrator's predecessor in Node, which did not wait for the disk.
const NODE: &str = "Node predecessor, without fsync";
const NODE_ONE_CONNECTION: f64 = 1_700.0;
const NODE_32_CONNECTIONS: f64 = 360.0;
/// It took 76 to 104 MB; this is the lower end, in MB.
const NODE_MEMORY: f64 = 76.0;

/// The rounds of one side.
#[derive(Default)]
struct Rounds {
    empty: Vec<Load>,
    many_rows: Vec<Load>,
    many_rows_and_random_keys: Vec<Load>,
    one_connection: Vec<Load>,
    shared_commits: Vec<Load>,
    own_commits: Vec<Load>,
}

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("enqueue", "Jobs accepted a second");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    let empty = Site::start(scale, Rows::None);
    let many_rows = Site::start(scale, Rows::Many);
    let memory_before = Memory::of(empty.orchestrator());
    let time_before = processor_time(empty.orchestrator());
    let rounds = runtime.block_on(async {
        let to_empty = OverSocket::new(&empty.world.socket(), scale.connections);
        let to_many_rows = OverSocket::new(&many_rows.world.socket(), scale.connections);
        let alone = OverSocket::new(&empty.world.socket(), 1);
        alone.warm_up().await;
        let example = straight::Example::of(&empty);
        let shared = Straight::open(&example, straight::Commits::Shared);
        let own = Straight::open(&example, straight::Commits::Own);
        to_empty.warm_up().await;
        to_many_rows.warm_up().await;
        let mut rounds = Rounds::default();
        for _ in 0..scale.rounds {
            rounds.empty.push(to_empty.enqueue(scale.jobs, Keys::Ordered).await);
            rounds.many_rows.push(to_many_rows.enqueue(scale.jobs, Keys::Ordered).await);
            // Half as many: the store takes no more than 100 000 that wait.
            let random = to_many_rows.enqueue(scale.jobs / 2, Keys::Random).await;
            rounds.many_rows_and_random_keys.push(random);
            rounds.one_connection.push(alone.enqueue(scale.jobs_one_by_one, Keys::Ordered).await);
            rounds.shared_commits.push(shared.enqueue(scale.connections, scale.jobs).await);
            rounds.own_commits.push(own.enqueue(scale.connections, scale.jobs_one_by_one).await);
        }
        rounds
    });
    let memory = Memory::of(empty.orchestrator());
    let time = processor_time(empty.orchestrator()).saturating_sub(time_before);
    let jobs = scale.rounds * (scale.jobs + scale.jobs_one_by_one) + scale.connections + 1;
    tell(&mut report, scale, rounds);
    report.add(Figure::millis(
        "orchestrator's processor time for each job",
        time.as_secs_f64() * 1e3 / jobs as f64,
    ));
    report.add(
        Figure::bytes("orchestrator's memory at its peak", memory.peak)
            .against_recorded("Node predecessor, at least", NODE_MEMORY),
    );
    report.note(format!(
        "Each figure is that of the median of {} rounds of {} jobs ({} over one connection and with one commit each); the sides take turns.",
        scale.rounds, scale.jobs, scale.jobs_one_by_one
    ));
    report.note(format!(
        "The callers run on one thread of their own and share the machine with the orchestrator, which held {:.1} MB before.",
        memory_before.resident / 1e6
    ));
    report.note("Every job has an idempotency key, a ULID unless it says random, and the persona and task of a real spawn; `synchronous=FULL`.");
    report
}

fn tell(report: &mut Report, scale: &Scale, rounds: Rounds) {
    let connections = scale.connections;
    let [empty, many, random, one, shared, own] = [
        rounds.empty,
        rounds.many_rows,
        rounds.many_rows_and_random_keys,
        rounds.one_connection,
        rounds.shared_commits,
        rounds.own_commits,
    ]
    .map(median_round);
    let own_commits = format!("one commit per job, {connections} callers, no socket");
    let over = format!("socket, {connections} connections");
    report.add(
        Figure::per_second(format!("{over}, empty store"), empty.per_second)
            .target(5_000.0)
            .against(&own_commits, own.per_second),
    );
    report.add(
        Figure::millis("… p50", empty.latencies.millis(0.5)).against(&own_commits, own.latencies.millis(0.5)),
    );
    report.add(
        Figure::millis("… p99", empty.latencies.millis(0.99))
            .target(25.0)
            .against(&own_commits, own.latencies.millis(0.99)),
    );
    let rows = scale.rows;
    report.add(
        Figure::per_second(format!("{over}, {rows} rows in the store"), many.per_second)
            .target(5_000.0)
            .against("empty store", empty.per_second),
    );
    report.add(
        Figure::millis("… p50", many.latencies.millis(0.5))
            .against("empty store", empty.latencies.millis(0.5)),
    );
    report.add(
        Figure::millis("… p99", many.latencies.millis(0.99))
            .target(25.0)
            .against("empty store", empty.latencies.millis(0.99)),
    );
    report.add(
        Figure::per_second(format!("{over}, {rows} rows, random keys"), random.per_second)
            .target(5_000.0)
            .against("empty store", empty.per_second),
    );
    report.add(
        Figure::per_second(format!("{over}, empty store"), empty.per_second)
            .against_recorded(NODE, NODE_32_CONNECTIONS),
    );
    report.add(
        Figure::per_second("socket, 1 connection", one.per_second)
            .against_recorded(NODE, NODE_ONE_CONNECTION),
    );
    report.add(Figure::millis("… p50", one.latencies.millis(0.5)));
    report.add(
        Figure::per_second(format!("store alone, {connections} callers, shared commits"), shared.per_second)
            .against(&own_commits, own.per_second),
    );
}
