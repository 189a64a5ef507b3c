//! Measures the programs as they ship: real processes, real sockets, real virtual machines.
//!
//! Each benchmark measures both sides in one run, in turns, since the machine may be busy with other things. What they
//! measure and how stands in `bench/README.md`, whose tables this program writes.

mod arguments;
mod checks;
mod control;
mod enqueue;
mod filled;
mod github_sync;
mod idle;
mod interrupt;
mod latencies;
mod list;
mod load;
mod machine;
mod memory;
mod process;
mod recorded;
mod report;
mod scale;
mod site;
mod spawn;
mod timed;
mod updates;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    interrupt::watch();
    arguments.run()
}
