//! `clawlets gateway`: the gateways of the bots.

mod harden;
mod render;
mod validate;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use clawlets_fleet::Fleet;
use clawlets_model::{BotId, ExitCode};
use clawlets_printer::{Fault, Printer};

use crate::fleet_file::{bot_candidates, known_bot};

/// See, check and harden the settings of the bots' OpenClaw gateways.
#[derive(Debug, Args)]
pub(crate) struct Gateway {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Render(render::Render),
    Validate(validate::Validate),
    Harden(harden::Harden),
}

/// The flag of verbs that are about one bot.
#[derive(Debug, Clone, Args)]
struct BotFlag {
    /// The bot.
    #[arg(long, value_name = "BOT", add = ArgValueCandidates::new(bot_candidates))]
    bot: BotId,
}

impl BotFlag {
    /// The bot, which the fleet has.
    fn known(&self, fleet: &Fleet) -> Result<&BotId, Fault> {
        known_bot(fleet.shared.bots.keys().map(BotId::as_str), &self.bot)?;
        Ok(&self.bot)
    }
}

impl Gateway {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Render(verb) => verb.run(printer),
            Verb::Validate(verb) => verb.run(printer),
            Verb::Harden(verb) => verb.run(printer).await,
        }
    }
}
