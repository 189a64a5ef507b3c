//! `clawlets config wire-secrets`.

use std::collections::BTreeMap;

use clap::Args;
use clawlets_fleet::{
    Fleet, JsonPath, Problem, ProblemCode, Strictness,
    edit::{EditError, FleetText, Overlay},
};
use clawlets_gateway::{Proposal, wire};
use clawlets_model::{BotId, EnvVarName, ExitCode, SecretName};
use clawlets_printer::{Fault, FaultCode, Form, Printer, count, plain};
use serde::Serialize;
use serde_json::Value;

use crate::fleet_file::{Outline, WriteFlags, of_change, under_edit};

/// Map secrets to the variables that the bots need.
///
/// A bot needs what its settings and its skills refer to as ${VARIABLE}, the tokens of its chats, the keys of its models'
/// providers, and a token for its gateway. Each that has no secret gets one proposed: for all bots where they share it, and
/// for the bot alone otherwise. A provider that has a credential gets no second one. With --write, the mappings are made;
/// 'clawlets secrets init' then asks for the values.
///
/// Tokens that stand in the settings themselves are listed.
#[derive(Debug, Args)]
pub(super) struct WireSecrets {
    /// Count a token that stands in the settings as an error: the exit code is 6, and nothing is written.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    edit: WriteFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    ok: bool,
    file: Outline<'a>,
    proposals: Vec<Row<'a>>,
    errors: &'a [Problem],
    warnings: &'a [Problem],
}

#[derive(Serialize)]
struct Row<'a> {
    bot: &'a BotId,
    variable: &'a EnvVarName,
    reason: &'a str,
    /// The secret; none where the variable has one, and only the bot's list leaves it out.
    secret: Option<&'a SecretName>,
    /// The map that the mapping belongs in.
    place: Option<&'a JsonPath>,
    /// The bot's list of variables, which lacks it.
    allowlist: Option<&'a JsonPath>,
}

/// What was found.
struct Outcome {
    proposals: Vec<Proposal>,
    inline: Vec<Problem>,
}

impl WireSecrets {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let strictness = if self.strict { Strictness::Strict } else { Strictness::Lenient };
        let edited = self.edit.edit(printer, |text| find(text, strictness)).await?;
        let Outcome { proposals, inline } = &edited.outcome;
        let ok = !self.strict || inline.is_empty();
        match printer.form() {
            Form::Json => {
                let (errors, warnings) =
                    if self.strict { (&inline[..], &[][..]) } else { (&[][..], &inline[..]) };
                let proposals = proposals.iter().map(row).collect();
                printer.json(&Document { ok, file: edited.outline(), proposals, errors, warnings });
            }
            Form::Text => {
                for proposal in proposals {
                    printer.note(plain(&sentence(proposal)));
                }
                if proposals.is_empty() {
                    printer.note("Every variable that a bot needs has its secret.");
                }
                let summary = format!(
                    "{} wired; 'clawlets secrets init' asks for the values.",
                    count(proposals.len(), "variable")
                );
                edited.report_proposal(printer, &summary, "clawlets config wire-secrets --write");
                for problem in inline {
                    printer.warn(plain(&format!("line {}: {problem}", problem.line)));
                }
            }
        }
        if ok {
            return Ok(ExitCode::Ok);
        }
        if printer.form() == Form::Text {
            let tokens = count(inline.len(), "token");
            let what = format!("{tokens} in plain text in the settings of bots, so nothing was written");
            return Err(Fault::new(FaultCode::GatewayInvalid, what).hint(
                "store each with 'clawlets secrets set NAME', put ${VARIABLE} in its place, and run this again",
            ));
        }
        Ok(FaultCode::GatewayInvalid.exit())
    }
}

/// Finds what is to be wired, and wires it unless there are errors.
fn find(text: &mut FleetText, strictness: Strictness) -> Result<Outcome, Fault> {
    let loaded = under_edit(text)?;
    let is_inline = |problem: &Problem| problem.code == ProblemCode::InlineSecret;
    let inline: Vec<_> =
        loaded.warnings.into_iter().filter(is_inline).map(|problem| problem.weighed(strictness)).collect();
    let proposals = wire(&loaded.fleet);
    if inline.is_empty() || strictness == Strictness::Lenient {
        let done = overlay(&loaded.fleet, &proposals).and_then(|overlay| text.merge(&overlay));
        done.map_err(|error| of_change(&error))?;
    }
    Ok(Outcome { proposals, inline })
}

/// What the proposals add to the configuration. There may be thousands of them, so they are added all at once.
fn overlay(fleet: &Fleet, proposals: &[Proposal]) -> Result<Overlay, EditError> {
    let mut overlay = Overlay::new();
    let mut lists: BTreeMap<&JsonPath, Vec<&EnvVarName>> = BTreeMap::new();
    for proposal in proposals {
        if let Some((place, secret)) = &proposal.mapping {
            overlay.put(&place.child(proposal.variable.as_str()), secret.as_str().into())?;
        }
        if let Some(list) = &proposal.allowlist {
            let bot = fleet.shared.bots.get(&proposal.bot);
            let there = || bot.and_then(|bot| bot.profile.secret_env_allowlist.as_ref());
            lists
                .entry(list)
                .or_insert_with(|| there().into_iter().flatten().collect())
                .push(&proposal.variable);
        }
    }
    for (list, variables) in lists {
        let variables: Value = variables.into_iter().map(EnvVarName::as_str).collect();
        overlay.put(list, variables)?;
    }
    Ok(overlay)
}

fn row(proposal: &Proposal) -> Row<'_> {
    let mapping = proposal.mapping.as_ref();
    Row {
        bot: &proposal.bot,
        variable: &proposal.variable,
        reason: &proposal.reason,
        secret: mapping.map(|(_, secret)| secret),
        place: mapping.map(|(place, _)| place),
        allowlist: proposal.allowlist.as_ref(),
    }
}

fn sentence(proposal: &Proposal) -> String {
    let Proposal { bot, variable, reason, .. } = proposal;
    match &proposal.mapping {
        Some((place, secret)) => format!("{bot}: {variable} from the secret {secret}, in {place}: {reason}"),
        None => format!("{bot}: {variable} on its secretEnvAllowlist: {reason}"),
    }
}
