//! A report for a program.

use clawlets_doctor::{Fix, Report, Scope, Severity, Tally, Verdict};
use serde::Serialize;

/// The version of this form.
const SCHEMA_VERSION: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    schema_version: u32,
    ok: bool,
    tally: Tally,
    checks: Vec<Check<'a>>,
}

/// One thing that was looked at.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Check<'a> {
    id: &'a str,
    scope: Scope,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a str>,
    /// `pass`, `problem` or `unknown`.
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    /// A command for a shell, or what a person has to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// `command` or `person`.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix_by: Option<&'static str>,
    /// Whether `--fix` does it.
    mendable: bool,
}

/// The report, with how many of its findings count as errors.
pub(super) fn document(report: &Report, counted: usize) -> Document<'_> {
    let tally = report.tally();
    let mut checks = Vec::new();
    for examined in &report.checks {
        let (id, scope, severity) = (examined.check.id, examined.check.scope, examined.check.severity);
        for finding in &examined.findings {
            let (verdict, cause, fix, mendable) = match &finding.verdict {
                Verdict::Pass => ("pass", None, None, false),
                Verdict::Problem { cause, fix, mend } => {
                    ("problem", Some(cause.as_str()), Some(fix), mend.is_some())
                }
                Verdict::Unknown { why } => ("unknown", Some(why.as_str()), None, false),
            };
            let fix_by = fix.map(|fix| match fix {
                Fix::Command(_) => "command",
                Fix::ByHand(_) => "person",
            });
            let about = finding.about.as_deref();
            let fix = fix.map(ToString::to_string);
            checks.push(Check { id, scope, severity, about, verdict, cause, fix, fix_by, mendable });
        }
    }
    Document { schema_version: SCHEMA_VERSION, ok: counted == 0, tally, checks }
}
