//! `clawlets gateway harden`.

use clap::Args;
use clawlets_fleet::{
    JsonPath,
    edit::{EditError, FleetText},
};
use clawlets_gateway::{Advice, Remedy, harden};
use clawlets_model::{BotId, ExitCode};
use clawlets_printer::{Fault, Form, Printer, count, plain};
use serde::Serialize;

use super::BotFlag;
use crate::fleet_file::{Outline, WriteFlags, of_change, under_edit};

/// Propose safe values for the settings of a bot's gateway.
///
/// What contradicts that every gateway listens on loopback and asks for a token is taken out, open policies become lists,
/// retired settings get their new names. What only a person can decide is listed. With --write, the changes are made.
#[derive(Debug, Args)]
pub(super) struct Harden {
    #[command(flatten)]
    bot: BotFlag,
    #[command(flatten)]
    edit: WriteFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    bot: &'a BotId,
    file: Outline<'a>,
    changes: Vec<Row<'a>>,
    /// What only a person can decide.
    by_hand: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    path: &'a JsonPath,
    message: &'a str,
    remedy: &'a Remedy,
}

impl Harden {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let bot = &self.bot;
        let edited = self
            .edit
            .edit(printer, |text| {
                let fleet = under_edit(text)?.fleet;
                let place = settings(text, bot.known(&fleet)?);
                let advice: Vec<_> =
                    harden(&fleet, &bot.bot).into_iter().map(|advice| at(&place, advice)).collect();
                let done = advice.iter().try_for_each(|advice| apply(text, advice));
                done.map_err(|error| of_change(&error)).map(|()| advice)
            })
            .await?;
        let (changes, by_hand): (Vec<_>, Vec<_>) =
            edited.outcome.iter().partition(|advice| advice.remedy.is_safe());
        match printer.form() {
            Form::Json => printer.json(&Document {
                bot: &bot.bot,
                file: edited.outline(),
                changes: changes.into_iter().map(row).collect(),
                by_hand: by_hand.into_iter().map(row).collect(),
            }),
            Form::Text => {
                for advice in &changes {
                    printer.note(plain(&format!("{}: {}", advice.path, advice.message)));
                }
                let summary = format!("The gateway of {} is hardened.", bot.bot);
                let command = format!("clawlets gateway harden --bot {} --write", bot.bot);
                edited.report_proposal(printer, &summary, &command);
                for advice in &by_hand {
                    printer.warn(plain(&format!("{}: {}", advice.path, advice.message)));
                }
                match (changes.len(), by_hand.len()) {
                    (0, 0) => {
                        printer.note(format!("The gateway of {} is as safe as it can be declared.", bot.bot));
                    }
                    (_, 0) => {}
                    (_, left) => printer.note(format!("{} must be decided by hand.", count(left, "setting"))),
                }
            }
        }
        Ok(ExitCode::Ok)
    }
}

fn row(advice: &Advice) -> Row<'_> {
    Row { path: &advice.path, message: &advice.message, remedy: &advice.remedy }
}

/// Where a bot's settings stand: under the name that they had earlier, if the file has that.
fn settings(text: &FleetText, bot: &BotId) -> JsonPath {
    let under = |key| JsonPath::of(["fleet", "bots", bot.as_str(), key]);
    let (ours, earlier) = (under("openclaw"), under("clawdbot"));
    if text.get(&ours).is_none() && text.get(&earlier).is_some() { earlier } else { ours }
}

/// Advice with its path in the file.
fn at(place: &JsonPath, advice: Advice) -> Advice {
    let path = JsonPath::of(place.segments().chain(advice.path.segments()));
    Advice { path, ..advice }
}

fn apply(text: &mut FleetText, advice: &Advice) -> Result<(), EditError> {
    match &advice.remedy {
        Remedy::Set(value) => text.set(&advice.path, value),
        Remedy::Remove => text.remove(&advice.path),
        Remedy::Rename(name) => text.rename(&advice.path, name),
        Remedy::ByHand => Ok(()),
    }
}
