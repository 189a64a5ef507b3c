//! How long it takes from a failed verdict to the old system.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::world::World;
use crate::{
    latencies::Latencies,
    report::{Figure, Report},
    scale::Scale,
};

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("rollback", "From a failed verdict to the old system");
    let world = World::new();
    let good = world.build("good");
    world.publish(1, &good, "true");
    world.apply();
    let check = format!("echo \"failed $(date +%s%N)\" >> {}; exit 1", world.path("moments").display());
    let (mut ours, mut to_the_switch) = (Vec::new(), Vec::new());
    for round in 0..scale.starts.div_ceil(5) {
        let number = 2 + round as u64;
        world.publish(number, &world.build(&number.to_string()), &check);
        let left = world.command(&["update", "apply"]).status().expect("the program lies beside this one");
        let end = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is right").as_nanos();
        assert_eq!(left.code(), Some(1), "the release is left");
        let failed = world.moment("moments", "failed ");
        let [begins, ends] = ["switch begins ", "switch ends "].map(|line| world.moment("moments", line));
        assert!(failed > 0 && begins > failed && ends >= begins, "it went back after the check had failed");
        let runs = std::fs::read_link(world.path("run/current-system")).expect("a system runs");
        assert_eq!(runs.to_str(), Some(good.as_str()), "the old system runs");
        let nanos = |span: i128| Duration::from_nanos(u64::try_from(span).unwrap_or(0));
        to_the_switch.push(nanos(begins - failed));
        ours.push(nanos(begins - failed + i128::try_from(end).unwrap_or(ends) - ends));
    }
    let (ours, to_the_switch) = (Latencies::new(ours), Latencies::new(to_the_switch));
    report.add(
        Figure::millis(
            "from the failed check to the end, without the old system's own switch, median",
            ours.millis(0.5),
        )
        .target(1_000.0),
    );
    report.add(Figure::millis("… the longest", ours.millis(1.0)).target(1_000.0));
    report.add(Figure::millis("… of which until that switch begins, median", to_the_switch.millis(0.5)));
    report.note("The real Nix, with a store in a folder. The clock begins in the check that fails and ends when the updater has: what runs, what boots, the secrets and the status are those of the old system then. A switch of NixOS itself takes seconds and is not counted.");
    report
}
