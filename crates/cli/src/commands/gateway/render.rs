//! `clawlets gateway render`.

use clap::Args;
use clawlets_fleet::redact;
use clawlets_gateway::{RELEASE, Rendered, render, schema_faults};
use clawlets_model::{BotId, ExitCode};
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use serde::Serialize;
use serde_json::Value;

use super::BotFlag;
use crate::fleet_file::ProjectFlag;

/// Print the configuration of a bot's gateway, as its host has it.
///
/// It is what the bot declares, with what must hold for every gateway filled in: it listens on loopback, on a port of its
/// own, and asks for a token. References such as ${VARIABLE} stay as they are. A token that stands in the declaration itself
/// is printed as '<redacted>'.
#[derive(Debug, Args)]
pub(super) struct Render {
    #[command(flatten)]
    bot: BotFlag,
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    bot: &'a BotId,
    release: &'static str,
    port: u16,
    config: &'a Value,
}

impl Render {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let fleet = self.project.find(printer)?.load(printer)?;
        let bot = self.bot.known(&fleet)?;
        let Rendered { mut config, port } = render(&fleet, bot).map_err(|errors| {
            let what = format!("the gateway of {bot} cannot be configured as it is declared");
            let fault = Fault::new(FaultCode::GatewayInvalid, what)
                .hint(format!("'clawlets gateway harden --bot {bot}' proposes what to change"));
            errors.iter().fold(fault, |fault, error| fault.because(error))
        })?;
        let faults = schema_faults(&config).len();
        if faults > 0 {
            printer.warn(format!(
                "OpenClaw {RELEASE} would refuse this for {}: 'clawlets gateway validate --bot {bot}' lists what",
                count(faults, "fault")
            ));
        }
        let whole = config.clone();
        redact(&mut config);
        if config != whole {
            printer.warn(
                "a token stands in the declaration and is not printed: 'clawlets config wire-secrets' tells where, and \
                 '${VARIABLE}' belongs in its place",
            );
        }
        match printer.form() {
            Form::Json => printer.json(&Document { bot, release: RELEASE, port, config: &config }),
            Form::Text => printer.json(&config),
        }
        Ok(ExitCode::Ok)
    }
}
