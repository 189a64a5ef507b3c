//! `clawlets bot list`.

use clap::Args;
use clawlets_fleet::{Bot, Fleet};
use clawlets_model::{BotId, ExitCode, Ttl};
use clawlets_printer::{Fault, Form, Printer, Table};
use serde::Serialize;

use crate::fleet_file::ProjectFlag;

/// List the bots, in their order.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    bots: Vec<Row<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    name: &'a BotId,
    /// The port of its gateway: the one that the file names, or the one that follows from its name.
    gateway_port: u16,
    /// How many VMs it may have; 0 when it may have none.
    max_active: u32,
    max_ttl: Ttl,
}

impl List {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let fleet = self.project.find(printer)?.load(printer)?;
        let bots = rows(&fleet);
        match printer.form() {
            Form::Json => printer.json(&Document { bots }),
            Form::Text if bots.is_empty() => {
                printer.note("There are no bots; 'clawlets bot add --bot NAME' adds one.");
            }
            Form::Text => {
                let mut table = Table::new(["BOT", "PORT", "VMS", "TTL"]);
                for bot in bots {
                    table.row([
                        bot.name.to_string(),
                        bot.gateway_port.to_string(),
                        bot.max_active.to_string(),
                        bot.max_ttl.to_string(),
                    ]);
                }
                printer.table(&table);
            }
        }
        Ok(ExitCode::Ok)
    }
}

fn rows(fleet: &Fleet) -> Vec<Row<'_>> {
    let bots = fleet.shared.bot_order.iter().filter_map(|name| Some((name, fleet.shared.bots.get(name)?)));
    bots.map(|(name, bot)| row(name, bot)).collect()
}

fn row<'a>(name: &'a BotId, bot: &Bot) -> Row<'a> {
    let cattle = &bot.clf.cattle;
    Row {
        name,
        gateway_port: bot.profile.gateway_port.of(name),
        max_active: if cattle.allow { cattle.max_active.get() } else { 0 },
        max_ttl: cattle.max_ttl,
    }
}
