//! `clawlets cattle`: disposable VMs.

mod console;
mod destroy;
mod extend;
mod github_app;
mod leaks;
mod list;
mod orchestrator_config;
mod persona;
mod reap;
mod spawn;
mod ssh;
mod vm_table;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::{SocketFlag, artifacts::Artifacts, logs::Logs, result::ShowResult};

/// Run tasks in disposable VMs, and look after the VMs.
#[derive(Debug, Args)]
pub(crate) struct Cattle {
    #[command(flatten)]
    socket: SocketFlag,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Spawn(Box<spawn::Spawn>),
    List(list::List),
    Logs(Logs),
    Result(ShowResult),
    Artifacts(Artifacts),
    Console(console::Console),
    Ssh(ssh::Ssh),
    Extend(extend::Extend),
    Destroy(destroy::Destroy),
    Reap(reap::Reap),
    Leaks(leaks::Leaks),
    Persona(persona::Persona),
    OrchestratorConfig(orchestrator_config::OrchestratorConfig),
}

impl Cattle {
    pub(crate) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let client = self.socket.client();
        match self.verb {
            Verb::Spawn(verb) => verb.run(printer, &client).await,
            Verb::List(verb) => verb.run(printer, &client).await,
            Verb::Logs(verb) => verb.run(printer, &client).await,
            Verb::Result(verb) => verb.run(printer, &client).await,
            Verb::Artifacts(verb) => verb.run(printer, &client).await,
            Verb::Console(verb) => verb.run(printer, &client).await,
            Verb::Ssh(verb) => verb.run(printer, &client).await,
            Verb::Extend(verb) => verb.run(printer, &client).await,
            Verb::Destroy(verb) => verb.run(printer, &client).await,
            Verb::Reap(verb) => verb.run(printer, &client).await,
            Verb::Leaks(verb) => verb.run(printer, &client).await,
            Verb::Persona(verb) => verb.run(printer),
            Verb::OrchestratorConfig(verb) => verb.run(printer),
        }
    }
}
