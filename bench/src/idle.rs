//! What the orchestrator uses while nothing happens.

use std::{
    os::unix::net::UnixStream,
    thread,
    time::{Duration, Instant},
};

use crate::{
    process::{Activity, Memory},
    report::{Figure, Report},
    scale::Scale,
    site::{Rows, Site},
};

/// What the Node predecessor took at least, in MB.
const NODE_MEMORY: f64 = 76.0;
/// How long the orchestrator may be busy with its start. It cleans up half a minute after it.
const START: Duration = Duration::from_secs(35);
/// Connections that are open and say nothing.
const CONNECTIONS: usize = 32;

/// Into how many parts the time is divided in which it is watched: seconds, when that is a minute.
const PARTS: u32 = 60;

/// What happened while the orchestrator was watched.
struct Watched {
    activity: Activity,
    /// In how many parts of the time something woke it.
    busy_parts: u32,
    seconds: f64,
}

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("idle", "An idle orchestrator");
    let site = Site::start(scale, Rows::None);
    thread::sleep(if scale.is_smoke { Duration::ZERO } else { START });
    let memory = Memory::of(site.orchestrator());
    let alone = watch(&site, scale.watch);
    let connections: Vec<UnixStream> = (0..CONNECTIONS)
        .map(|_| UnixStream::connect(site.world.socket()).expect("the orchestrator listens"))
        .collect();
    // The threads that looked up who called wait for more to do.
    thread::sleep(if scale.is_smoke { Duration::ZERO } else { Duration::from_secs(3) });
    let connected = watch(&site, scale.watch);
    drop(connections);
    report.add(
        Figure::bytes("memory, resident", memory.resident)
            .target(15.0)
            .against_recorded("Node predecessor, at least", NODE_MEMORY),
    );
    report.add(Figure::bytes("memory, its share of what is shared", memory.proportional).target(15.0));
    // A look at the provider, which may fall on the line between two parts; before it the runtime's timer wheel turns twice;
    // and the end of the silent connections, likewise.
    let with_connections = format!("with {CONNECTIONS} open connections");
    for (name, watched, timers) in
        [("without connections", alone, 4.0), (with_connections.as_str(), connected, 7.0)]
    {
        let per_minute = 60.0 / watched.seconds;
        report.add(
            Figure::count(
                format!("of {PARTS} equal parts of a minute, those with a wake-up, {name}"),
                f64::from(watched.busy_parts),
            )
            .target(timers),
        );
        report.add(Figure::count(
            format!("wake-ups a minute, {name}"),
            (watched.activity.wakeups as f64 * per_minute).round(),
        ));
        report.add(Figure::millis(
            format!("processor time a minute, {name}"),
            watched.activity.millis * per_minute,
        ));
    }
    report.note("A wake-up is a time that one of its threads gave the processor up by itself, by the kernel's count. The reaper looks at the provider once a minute, which wakes the runtime twice before; a connection that says nothing is closed after half a minute.");
    report
}

fn watch(site: &Site, span: Duration) -> Watched {
    let process = site.orchestrator();
    let begun = Instant::now();
    let before = Activity::of(process);
    let (mut last, mut busy_parts) = (before, 0);
    for part in 1..=PARTS {
        thread::sleep((begun + span * part / PARTS).saturating_duration_since(Instant::now()));
        let now = Activity::of(process);
        busy_parts += u32::from(now.since(last).wakeups > 0);
        last = now;
    }
    Watched { activity: last.since(before), busy_parts, seconds: begun.elapsed().as_secs_f64() }
}
