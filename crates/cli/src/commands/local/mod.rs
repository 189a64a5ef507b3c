//! `clawlets local`: the cloud on this machine.

mod background;
mod blocking;
mod config;
mod down;
mod fault;
mod guest_program;
mod image;
mod readiness;
mod requirements;
mod serve;
mod shim;
mod status;
mod up;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::Printer;
use clawlets_verbs::program;

/// Run a cloud on this machine: Hetzner's API on loopback, with QEMU guests as servers.
#[derive(Debug, Args)]
pub(crate) struct Local {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Up(up::Up),
    Status(status::ShowStatus),
    Down(down::GoDown),
    Image(image::Image),
    #[command(hide = true)]
    Serve(serve::Serve),
    #[command(hide = true)]
    Shim(shim::Shim),
}

impl Local {
    /// Runs a verb to its end. A shim must stay a single thread, and the daemon has a runtime of its own.
    pub(crate) fn run(self, printer: &Printer) -> ExitCode {
        match self.verb {
            Verb::Up(verb) => program::run(printer, verb.run(printer)),
            Verb::Status(verb) => program::conclude(printer, verb.run(printer)),
            Verb::Down(verb) => program::conclude(printer, verb.run(printer)),
            Verb::Image(verb) => program::run(printer, verb.run(printer)),
            Verb::Serve(verb) => program::conclude(printer, verb.run(printer)),
            Verb::Shim(verb) => program::conclude(printer, verb.run()),
        }
    }
}
