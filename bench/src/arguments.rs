//! The command line.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};

use crate::{
    checks, control, enqueue, github_sync, idle, list, memory,
    recorded::{self, Recorded},
    report::Report,
    scale::Scale,
    spawn, updates,
};

/// Measure the programs that lie beside this one.
///
/// Prints a table for each benchmark. The programs have to be built in release mode for figures that mean something:
/// `make bench` does that.
#[derive(Debug, Parser)]
#[command(name = "clawlets-bench", version)]
pub(crate) struct Arguments {
    /// What to measure; everything when it is not given.
    #[arg(value_enum)]
    benchmarks: Vec<Benchmark>,
    /// Print one JSON document instead of tables.
    #[arg(long)]
    json: bool,
    /// Tiny numbers: shows that a benchmark works, and measures nothing.
    #[arg(long)]
    smoke: bool,
    /// How many jobs the store holds that is not empty [default: 1000000].
    #[arg(long, conflicts_with = "smoke")]
    rows: Option<u64>,
    /// Also keep the results in this folder of the project: `results.json`, the tables of its `README.md`, and the
    /// pictures of the guides.
    #[arg(long, value_name = "BENCH", num_args = 0..=1, default_missing_value = "bench")]
    record: Option<PathBuf>,
    /// Measure nothing; write the tables and pictures again from `results.json`.
    #[arg(long, conflicts_with_all = ["benchmarks", "smoke", "rows", "record"], value_name = "BENCH", num_args = 0..=1, default_missing_value = "bench")]
    render: Option<PathBuf>,
}

/// One benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Benchmark {
    /// Jobs accepted a second over the socket.
    Enqueue,
    /// How long `clf jobs list` takes.
    List,
    /// What the orchestrator uses while nothing happens.
    Idle,
    /// From an order to the first line of a guest's log.
    Spawn,
    /// The checks before a commit and a push.
    Checks,
    /// Reads and writes of the shared memory a second.
    Memory,
    /// The memory that a sync of many pull requests and issues takes.
    GithubSync,
    /// Requests a second to the control API, and how soon its function answers.
    Control,
    /// What it costs to verify a release.
    Verify,
    /// What it costs to look for a release when there is none.
    Poll,
    /// From a failed verdict to the old system.
    Rollback,
    /// How many hosts of a fleet run a bad release.
    Waves,
}

impl Benchmark {
    fn run(self, scale: &Scale) -> Report {
        match self {
            Self::Enqueue => enqueue::run(scale),
            Self::List => list::run(scale),
            Self::Idle => idle::run(scale),
            Self::Spawn => spawn::run(scale),
            Self::Checks => checks::run(scale),
            Self::Memory => memory::run(scale),
            Self::GithubSync => github_sync::run(scale),
            Self::Control => control::run(scale),
            Self::Verify => updates::verify(scale),
            Self::Poll => updates::poll(scale),
            Self::Rollback => updates::rollback(scale),
            Self::Waves => updates::waves(scale),
        }
    }
}

impl Arguments {
    /// Measures and prints.
    pub(crate) fn run(self) -> ExitCode {
        if let Some(folder) = &self.render {
            return end(Recorded::read(folder).and_then(|recorded| recorded.write(folder)));
        }
        let scale = if self.smoke { Scale::smoke() } else { Scale::full() };
        let scale = self.rows.map_or(scale.clone(), |rows| scale.with_rows(rows));
        let wanted = if self.benchmarks.is_empty() { Benchmark::value_variants() } else { &self.benchmarks };
        let mut reports = Vec::new();
        for benchmark in wanted {
            let report = benchmark.run(&scale);
            if !self.json {
                say(&report.to_text());
            }
            reports.push(report);
        }
        if self.json {
            say(&serde_json::to_string_pretty(&reports).expect("a report has only text keys"));
        }
        match &self.record {
            Some(folder) => end(recorded::keep(folder, reports)),
            None => ExitCode::SUCCESS,
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is what the program is for")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "the program's only other words")]
fn end(outcome: Result<(), recorded::RecordError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
