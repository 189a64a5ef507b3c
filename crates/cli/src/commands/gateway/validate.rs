//! `clawlets gateway validate`.

use std::path::Path;

use clap::Args;
use clap_complete::ArgValueCandidates;
use clawlets_fleet::{JsonPath, Loaded, ProblemCode, Severity, Strictness, edit::FleetText};
use clawlets_gateway::{Finding, FindingKind, RELEASE, check};
use clawlets_model::{BotId, ExitCode};
use clawlets_printer::{Fault, FaultCode, Form, Printer, count, plain};
use serde::Serialize;

use crate::fleet_file::{ProjectFlag, bot_candidates, known_bot};

/// How many findings a person is shown.
const SHOWN: usize = 50;

/// Check the gateways of the bots, and list everything that is wrong with them.
///
/// Each is rendered, and held against what must hold for every gateway and against the schema of the pinned release of
/// OpenClaw: what breaks those is an error. What the fleet advises against, a token that stands in the declaration, and a
/// variable without a secret are warnings. The exit code is 6 when there is an error.
#[derive(Debug, Args)]
pub(super) struct Validate {
    /// One bot only.
    #[arg(long, value_name = "BOT", add = ArgValueCandidates::new(bot_candidates))]
    bot: Option<BotId>,
    /// Count warnings as errors.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    ok: bool,
    file: &'a Path,
    /// The release of OpenClaw whose schema is used.
    release: &'static str,
    bots: Vec<BotId>,
    errors: Vec<&'a Row>,
    warnings: Vec<&'a Row>,
}

/// A finding with its place in the file.
#[derive(Serialize)]
struct Row {
    bot: BotId,
    path: JsonPath,
    kind: FindingKind,
    severity: Severity,
    message: String,
    line: u32,
    column: u32,
}

impl Validate {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let project = self.project.find(printer)?;
        let (loaded, text) = project.loaded_with_text()?;
        let all = &loaded.fleet.shared.bots;
        let bots = match self.bot {
            Some(bot) => {
                known_bot(all.keys().map(BotId::as_str), &bot)?;
                vec![bot]
            }
            None => all.keys().cloned().collect(),
        };
        let strictness = if self.strict { Strictness::Strict } else { Strictness::Lenient };
        let findings: Vec<_> = bots.iter().flat_map(|bot| findings(&loaded, bot)).collect();
        let rows = placed(findings, &text, strictness);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            rows.iter().partition(|row| row.severity == Severity::Error);
        let ok = errors.is_empty();
        let file = project.config();
        match printer.form() {
            Form::Json => printer.json(&Document { ok, file, release: RELEASE, bots, errors, warnings }),
            Form::Text => {
                rows.iter().take(SHOWN).for_each(|row| printer.data(line(file, row)));
                if rows.len() > SHOWN {
                    printer.note(format!("… and {} more; --json lists all", rows.len() - SHOWN));
                }
                printer.note(summary(bots.len(), errors.len(), warnings.len()));
            }
        }
        Ok(if ok { ExitCode::Ok } else { FaultCode::GatewayInvalid.exit() })
    }
}

/// What is to be said of a bot's gateway, with the tokens that the rules of the fleet have found in it.
fn findings(loaded: &Loaded, bot: &BotId) -> Vec<Finding> {
    let place = JsonPath::of(["fleet", "bots", bot.as_str()]);
    let inline = loaded
        .warnings
        .iter()
        .filter(|problem| problem.code == ProblemCode::InlineSecret && place.contains(&problem.path))
        .map(|problem| Finding {
            bot: bot.clone(),
            path: problem.path.clone(),
            kind: FindingKind::InlineSecret,
            message: problem.message.clone(),
        });
    check(&loaded.fleet, bot).into_iter().chain(inline).collect()
}

/// The findings in the order of the file.
fn placed(findings: Vec<Finding>, text: &FleetText, strictness: Strictness) -> Vec<Row> {
    let paths: Vec<_> = findings.iter().map(|finding| finding.path.clone()).collect();
    let places = text.positions(&paths);
    let rows = findings.into_iter().zip(places).map(|(finding, place)| Row {
        bot: finding.bot,
        path: finding.path,
        kind: finding.kind,
        severity: finding.kind.severity(strictness),
        message: finding.message,
        line: place.line,
        column: place.column,
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| (row.line, row.column));
    rows
}

/// A finding as compilers print one, so that editors can jump to it.
fn line(file: &Path, row: &Row) -> String {
    let severity = match row.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let Row { path, kind, message, line, column, .. } = row;
    plain(&format!("{}:{line}:{column}: {severity}: {path}: {message} [{}]", file.display(), kind.as_str()))
}

fn summary(bots: usize, errors: usize, warnings: usize) -> String {
    let gateways = count(bots, "gateway");
    match (errors, warnings) {
        (0, 0) => format!("{gateways} checked against OpenClaw {RELEASE}: nothing is wrong."),
        (errors, warnings) => format!(
            "{gateways} checked against OpenClaw {RELEASE}: {}, {}.",
            count(errors, "error"),
            count(warnings, "warning")
        ),
    }
}
