//! `clawlets-control`: reads the command line and the environment, and shows the handler one of its faces.

mod arguments;
mod logging;
mod report;
mod run;
mod runtime_variables;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    run::run(arguments::Arguments::parse())
}
