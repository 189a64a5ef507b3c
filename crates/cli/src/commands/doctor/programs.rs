//! A report for a program.

use clawlets_doctor::{Report, Scope, Severity, Tally, Verdict};
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

#[derive(Serialize)]
struct Check<'a> {
    id: &'a str,
    scope: Scope,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a str>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'a str>,
    mendable: bool,
}

pub(super) fn document(report: &Report) -> Document<'_> {
    let tally = report.tally();
    let checks = report.checks.iter().flat_map(|examined| {
        examined.findings.iter().map(|finding| {
            let (verdict, cause, fix, mendable) = match &finding.verdict {
                Verdict::Pass => ("pass", None, None, false),
                Verdict::Problem { cause, fix, mend } => {
                    ("problem", Some(cause.as_str()), Some(fix.as_str()), mend.is_some())
                }
                Verdict::Unknown { why } => ("unknown", Some(why.as_str()), None, false),
            };
            let about = finding.about.as_deref();
            let (id, scope, severity) = (examined.check.id, examined.check.scope, examined.check.severity);
            Check { id, scope, severity, about, verdict, cause, fix, mendable }
        })
    });
    Document { schema_version: SCHEMA_VERSION, ok: tally.errors == 0, tally, checks: checks.collect() }
}
