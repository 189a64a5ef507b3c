//! What it costs to look for a release when there is none: processor time, bytes on the wire, memory.

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::{usage, world::World};
use crate::{
    latencies::Latencies,
    process::{Activity, Memory},
    report::{Figure, Report},
    scale::Scale,
};

/// What a careful script would do: keep the mark, ask with it, and say nothing when nothing is new.
const SCRIPT: &str = r#"
etag=$(cat "$1/etag" 2>/dev/null)
curl --silent --fail --dump-header "$1/head" --output "$1/body" --header "If-None-Match: $etag" "$2/web-1/prod/latest.json"
sed -n 's/^[Ee][Tt]ag: *//p' "$1/head" | tr -d '\r' > "$1/etag"
"#;

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("poll", "Looking for a release when there is none");
    let world = World::new();
    world.publish(1, &world.build("1"), "true");
    world.apply();
    let ours = || world.command(&["update", "fetch"]);
    let script = || {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "poll"]).arg(world.path("run")).arg(world.site.url());
        command
    };
    let (mut times, mut theirs, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes_of_script = 0.0;
    for _ in 0..scale.starts.div_ceil(2) {
        let (time, bytes) = spent(&world, &mut ours());
        times.push(time);
        sizes.push(bytes);
        let (time, bytes) = spent(&world, &mut script());
        theirs.push(time);
        bytes_of_script = bytes;
    }
    let (times, theirs) = (Latencies::new(times), Latencies::new(theirs));
    let peer = "curl with If-None-Match, in a script";
    report.add(
        Figure::millis("clawlets-host update fetch, processor time, median", times.millis(0.5))
            .against(peer, theirs.millis(0.5)),
    );
    let most = sizes.iter().copied().fold(0.0, f64::max);
    report.add(
        Figure::count("bytes on the wire for a look, at most", most)
            .target(1_023.0)
            .against(peer, bytes_of_script),
    );
    stays(&mut report, scale, &world);
    report.note("Bytes of HTTP in both directions, without those of TCP and TLS. The script verifies nothing; the program verifies the pointer and the manifest that it keeps anew each time, and writes its status. The sides take turns.");
    report
}

/// The processor time of a process, and the bytes that it had on the wire.
fn spent(world: &World, command: &mut Command) -> (Duration, f64) {
    let (before, bytes) = (usage::of_children(), world.site.bytes());
    let status = command.status().expect("the programs are there");
    assert!(status.success(), "{command:?} failed");
    (usage::of_children().saturating_sub(before), (world.site.bytes() - bytes) as f64)
}

/// The program that stays, looking each second.
fn stays(report: &mut Report, scale: &Scale, world: &World) {
    let mut child = world.command(&["update", "run"]).spawn().expect("the program lies beside this one");
    let looks = world.site.requests();
    let until = Instant::now() + Duration::from_secs(30);
    while world.site.requests() == looks && Instant::now() < until {
        thread::sleep(Duration::from_millis(20));
    }
    let (before, looks) = (Activity::of(child.id()), world.site.requests());
    thread::sleep(scale.watch.div_f64(4.0).max(Duration::from_secs(3)));
    let activity = Activity::of(child.id()).since(before);
    let looked = (world.site.requests() - looks).max(1);
    let memory = Memory::of(child.id());
    let _ = child.kill();
    let _ = child.wait();
    report.add(Figure::bytes("clawlets-host update run, memory at its peak", memory.peak).target(20.0));
    report.add(Figure::millis(
        "clawlets-host update run, processor time for each look",
        activity.millis / looked as f64,
    ));
}
