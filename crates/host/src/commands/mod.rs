//! The verbs, one file each. The doc comment of an argument struct is the verb's help.

mod bootstrap;
mod docs;
mod environment;
mod github_sync;
mod github_token;
mod memory;
mod secrets;
mod seed;
mod self_update;
mod switch;
mod tools;
mod update;
mod watch;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::docs::Docs;

use crate::program::ConfigFlag;

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    #[command(subcommand)]
    Update(update::Update),
    #[command(subcommand)]
    Secrets(secrets::Secrets),
    Watch(watch::WatchArguments),
    #[command(subcommand)]
    GithubToken(github_token::GithubToken),
    #[command(subcommand)]
    GithubSync(github_sync::GithubSync),
    #[command(subcommand)]
    Memory(memory::Memory),
    #[command(subcommand)]
    Seed(seed::Seed),
    #[command(subcommand)]
    Tools(tools::Tools),
    #[command(subcommand)]
    Bootstrap(bootstrap::Bootstrap),
    #[command(subcommand)]
    SelfUpdate(self_update::SelfUpdate),
    #[command(hide = true)]
    Switch(switch::Switch),
    #[command(hide = true)]
    Docs(Docs),
}

impl Commands {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Update(update) => update.run(printer, config),
            Self::Secrets(secrets) => secrets.run(printer, config),
            Self::Watch(watch) => watch.run(printer, config),
            Self::GithubToken(token) => token.run(printer, config),
            Self::GithubSync(sync) => sync.run(printer, config),
            Self::Memory(memory) => memory.run(printer),
            Self::Seed(seed) => seed.run(printer, config),
            Self::Tools(tools) => tools.run(printer, config),
            Self::Bootstrap(bootstrap) => bootstrap.run(printer, config),
            Self::SelfUpdate(update) => update.run(printer, config),
            Self::Switch(switch) => switch.run(),
            Self::Docs(docs) => docs::write(docs, printer),
        }
    }
}
