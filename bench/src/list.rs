//! How long `clf jobs list` takes, as a process from its start to its end.

use std::{
    fs::File,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use clawlets_tests::program;
use rustix::fs::Advice;

use crate::{
    latencies::Latencies,
    report::{Figure, Report},
    scale::Scale,
    site::{Rows, Site},
    timed,
};

/// The times of one side.
struct Side {
    name: &'static str,
    command: Box<dyn Fn() -> Command>,
    warm: Vec<Duration>,
    cold: Vec<Duration>,
}

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("list", "Listing the newest 50 jobs");
    let site = Site::start(scale, Rows::Many);
    let socket = site.world.socket();
    let ours = {
        let (program, socket) = (program("clf"), socket.clone());
        move || {
            let mut command = Command::new(&program);
            command.args(["jobs", "list"]).env("CLF_SOCKET", &socket);
            command
        }
    };
    let curl = move || {
        let mut command = Command::new("curl");
        command.args(["--silent", "--fail", "--unix-socket"]).arg(&socket).arg("http://localhost/v1/jobs");
        command
    };
    let nothing = || Command::new("true");
    let mut sides = [
        Side::new("clf jobs list", Box::new(ours)),
        Side::new("curl --unix-socket", Box::new(curl)),
        Side::new("true, a process that does nothing", Box::new(nothing)),
    ];
    for _ in 0..scale.starts {
        for side in &mut sides {
            let took = side.time();
            side.warm.push(took);
        }
    }
    for _ in 0..scale.starts.div_ceil(10) {
        for side in &mut sides {
            evict(&program("clf"));
            evict(site.store());
            let took = side.time();
            side.cold.push(took);
        }
    }
    let [clf, curl, nothing] =
        sides.map(|side| (side.name, Latencies::new(side.warm), Latencies::new(side.cold)));
    let rows = scale.rows;
    for (share, name) in [(0.5, "median"), (0.95, "p95")] {
        report.add(
            Figure::millis(format!("{}, {rows} rows, warm, {name}", clf.0), clf.1.millis(share))
                .target(10.0)
                .against(curl.0, curl.1.millis(share)),
        );
    }
    report.add(
        Figure::millis(
            format!("{}, {rows} rows, store and program not in memory, median", clf.0),
            clf.2.millis(0.5),
        )
        .against(curl.0, curl.2.millis(0.5)),
    );
    report.add(Figure::millis(format!("{}, median", nothing.0), nothing.1.millis(0.5)));
    report.note("`clf` prints its table; `curl` prints the same answer as it comes. The sides take turns.");
    report.note("\"Not in memory\": the kernel was told to drop the pages of the store and of the program; what other processes hold of them stays.");
    report
}

impl Side {
    fn new(name: &'static str, command: Box<dyn Fn() -> Command>) -> Self {
        Self { name, command, warm: Vec::new(), cold: Vec::new() }
    }

    /// The wall time of one process.
    fn time(&self) -> Duration {
        timed::process((self.command)().stdin(Stdio::null()))
    }
}

/// Asks the kernel to drop a file's pages from memory.
fn evict(path: &Path) {
    if let Ok(file) = File::open(path) {
        // A hint: whether it was followed shows in the times.
        let _ = file.sync_data();
        let _ = rustix::fs::fadvise(&file, 0, None, Advice::DontNeed);
    }
}
