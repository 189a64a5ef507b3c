//! `clawlets config derive-allowlist`.

use clap::Args;
use clap_complete::ArgValueCandidates;
use clawlets_fleet::{
    Bot, Fleet, JsonPath,
    edit::{FleetText, Overlay},
};
use clawlets_gateway::{Supply, allowlist, needs, supply};
use clawlets_model::{BotId, EnvVarName, ExitCode};
use clawlets_printer::{Fault, Form, Printer, count, plain};
use serde::Serialize;
use serde_json::Value;

use crate::fleet_file::{Outline, WriteFlags, bot_candidates, known_bot, of_change, under_edit};

/// Give each bot the secrets that it needs, and no others.
///
/// Unless a bot has a secretEnvAllowlist, it is given every variable of fleet.secretEnv. The list that is proposed holds
/// what its settings and its skills refer to, what its gateway, its chats and its models take from the environment, and
/// what is mapped for the bot alone. A variable that only a script of the bot reads belongs in the bot's own secretEnv. With
/// --write, the lists are written.
#[derive(Debug, Args)]
pub(super) struct DeriveAllowlist {
    /// One bot only.
    #[arg(long, value_name = "BOT", add = ArgValueCandidates::new(bot_candidates))]
    bot: Option<BotId>,
    #[command(flatten)]
    edit: WriteFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    file: Outline<'a>,
    bots: &'a [Row],
}

#[derive(Serialize)]
struct Row {
    bot: BotId,
    allowlist: Vec<EnvVarName>,
    /// Variables of all bots that this one was given and is not any more.
    withheld: Vec<EnvVarName>,
    /// Variables that it needs and that no secret is mapped to.
    missing: Vec<EnvVarName>,
}

impl DeriveAllowlist {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let edited = self.edit.edit(printer, |text| derive(text, self.bot.as_ref())).await?;
        let rows = &edited.outcome;
        match printer.form() {
            Form::Json => printer.json(&Document { file: edited.outline(), bots: rows }),
            Form::Text => {
                for row in rows {
                    printer.note(plain(&sentence(row)));
                }
                let summary = format!("{} written.", count(rows.len(), "list"));
                edited.report_proposal(printer, &summary, "clawlets config derive-allowlist --write");
                let missing: usize = rows.iter().map(|row| row.missing.len()).sum();
                if missing > 0 {
                    let variables = count(missing, "variable");
                    printer.warn(format!(
                        "{variables} without a secret: 'clawlets config wire-secrets' proposes them"
                    ));
                }
            }
        }
        Ok(ExitCode::Ok)
    }
}

/// Finds and sets the lists.
fn derive(text: &mut FleetText, only: Option<&BotId>) -> Result<Vec<Row>, Fault> {
    let fleet = under_edit(text)?.fleet;
    let bots = &fleet.shared.bots;
    if let Some(bot) = only {
        known_bot(bots.keys().map(BotId::as_str), bot)?;
    }
    let chosen = bots.iter().filter(|(id, _)| only.is_none_or(|only| only == *id));
    let rows: Vec<_> = chosen.map(|(id, bot)| row(&fleet, id, bot)).collect();
    let mut overlay = Overlay::new();
    for row in &rows {
        let list = JsonPath::of(["fleet", "bots", row.bot.as_str(), "profile", "secretEnvAllowlist"]);
        let names: Value = row.allowlist.iter().map(EnvVarName::as_str).collect();
        overlay.put(&list, names).map_err(|error| of_change(&error))?;
    }
    text.merge(&overlay).map_err(|error| of_change(&error))?;
    Ok(rows)
}

fn row(fleet: &Fleet, id: &BotId, bot: &Bot) -> Row {
    let allowlist = allowlist(fleet, bot);
    let was_given =
        |name: &&EnvVarName| bot.profile.secret_env_allowlist.as_ref().is_none_or(|list| list.contains(name));
    let withheld = fleet.shared.secret_env.keys().filter(was_given).filter(|name| !allowlist.contains(name));
    let missing = needs(fleet, bot).into_iter().filter(|need| supply(fleet, bot, need) == Supply::Missing);
    Row {
        bot: id.clone(),
        withheld: withheld.cloned().collect(),
        missing: missing.map(|need| need.variable).collect(),
        allowlist,
    }
}

fn sentence(row: &Row) -> String {
    let joined = |names: &[EnvVarName]| names.iter().map(EnvVarName::as_str).collect::<Vec<_>>().join(", ");
    let given = format!("{}: {}", row.bot, joined(&row.allowlist));
    if row.withheld.is_empty() { given } else { format!("{given}; no longer {}", joined(&row.withheld)) }
}
