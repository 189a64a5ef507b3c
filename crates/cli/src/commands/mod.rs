//! The verbs, one file each.

mod bot;
mod bundle;
mod cattle;
mod config;
mod docs;
mod doctor;
mod env;
mod fleet;
mod gateway;
mod hooks;
mod host;
mod local;
mod project;
mod release;
mod secrets;
mod server;
mod ssh_keys;
mod up;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::Printer;
use clawlets_verbs::{completions::Completions, docs::Docs, program};

/// What `clawlets` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    Fleet(fleet::Fleet),
    Host(host::Host),
    Bot(bot::Bot),
    Gateway(gateway::Gateway),
    Config(config::Config),
    Env(env::Env),
    Up(up::Up),
    Doctor(doctor::Doctor),
    Hooks(hooks::Hooks),
    Local(local::Local),
    Secrets(secrets::Secrets),
    Project(project::Project),
    Release(release::Release),
    Server(server::Server),
    Bundle(bundle::Bundle),
    Cattle(cattle::Cattle),
    Completions(Completions),
    #[command(hide = true)]
    Docs(Docs),
}

impl Commands {
    /// Runs a verb to its end. Those that must have no second thread, or a runtime of their own, get none here.
    pub(crate) fn run(self, printer: &Printer) -> ExitCode {
        match self {
            Self::Fleet(fleet) => program::run(printer, fleet.run(printer)),
            Self::Host(host) => program::run(printer, host.run(printer)),
            Self::Bot(bot) => program::run(printer, bot.run(printer)),
            Self::Gateway(gateway) => program::run(printer, gateway.run(printer)),
            Self::Config(config) => program::run(printer, config.run(printer)),
            Self::Env(env) => program::conclude(printer, env.run(printer)),
            Self::Local(local) => local.run(printer),
            Self::Secrets(secrets) => program::conclude(printer, secrets.run(printer)),
            Self::Release(release) => program::conclude(printer, release.run(printer)),
            Self::Server(server) => program::conclude(printer, server.run(printer)),
            Self::Bundle(bundle) => program::run(printer, bundle.run(printer)),
            Self::Cattle(cattle) => program::run(printer, cattle.run(printer)),
            Self::Completions(completions) => {
                program::conclude(printer, completions.run(printer, "clawlets"))
            }
            Self::Project(project) => program::run(printer, project.run(printer)),
            // It runs other verbs, each in a runtime of its own.
            Self::Up(up) => program::conclude(printer, up.run(printer)),
            Self::Doctor(doctor) => program::run(printer, doctor.run(printer)),
            Self::Hooks(hooks) => program::conclude(printer, hooks.run(printer)),
            Self::Docs(docs) => program::conclude(printer, docs::write(docs, printer)),
        }
    }
}
