//! A report for a person: what needs attention, and one line for the rest.

use clawlets_doctor::{Examined, Finding, Fix, Report, Scope, Severity, Tally, Verdict};
use clawlets_printer::{Printer, count};

/// How many findings of one check are told.
const TOLD: usize = 3;

/// Shows each scope with what is wrong in it, errors first, then what is not known.
pub(super) fn show(printer: &Printer, report: &Report) {
    for scope in Scope::ALL {
        let checks = report.checks.iter().filter(|examined| examined.check.scope == scope);
        let mut checks: Vec<&Examined> = checks.filter(|examined| !examined.findings.is_empty()).collect();
        let was_examined = report.checks.iter().any(|examined| examined.check.scope == scope);
        if !was_examined {
            continue;
        }
        let passed: usize = checks.iter().map(|examined| examined.tally().passed).sum();
        printer.data(match checks.is_empty() {
            true => format!("{}: nothing to look at", scope.name()),
            false => format!("{}: {passed} as it should be", scope.name()),
        });
        checks.sort_by_key(|examined| rank(examined));
        for examined in checks {
            show_check(printer, examined);
        }
    }
    printer.note(summary(report.tally()));
}

/// The counts of a report in one line.
fn summary(tally: Tally) -> String {
    let (errors, warnings) = (count(tally.errors, "error"), count(tally.warnings, "warning"));
    format!("{errors}, {warnings}, {} unknown, {} as it should be", tally.unknown, tally.passed)
}

fn rank(examined: &Examined) -> u8 {
    let tally = examined.tally();
    match (tally.errors, tally.warnings) {
        (0, 0) => 2,
        (0, _) => 1,
        (_, _) => 0,
    }
}

fn show_check(printer: &Printer, examined: &Examined) {
    let mut open: Vec<&Finding> = examined.findings.iter().collect();
    open.retain(|finding| finding.verdict != Verdict::Pass);
    let more = open.len().saturating_sub(TOLD);
    open.truncate(TOLD);
    for (at, finding) in open.iter().enumerate() {
        let said = finding.sentence().unwrap_or_default();
        let id = examined.check.id;
        match &finding.verdict {
            Verdict::Pass => {}
            Verdict::Problem { fix, .. } => {
                let word = match examined.check.severity {
                    Severity::Error => "error  ",
                    Severity::Warning => "warning",
                };
                printer.data(format!("  {word} {id}: {said}"));
                // What mends several things is told once, behind the last of them.
                if open.get(at + 1).and_then(|next| fix_of(next)) != Some(fix) {
                    printer.data(format!("          {}", told(fix)));
                }
            }
            Verdict::Unknown { .. } => printer.data(format!("  unknown {id}: {said}")),
        }
    }
    if more > 0 {
        printer.data(format!("          and {more} more of this kind; --json lists all"));
    }
}

fn fix_of(finding: &Finding) -> Option<&Fix> {
    match &finding.verdict {
        Verdict::Problem { fix, .. } => Some(fix),
        Verdict::Pass | Verdict::Unknown { .. } => None,
    }
}

fn told(fix: &Fix) -> String {
    match fix {
        Fix::Command(command) => format!("fix: {command}"),
        Fix::ByHand(words) => format!("to do: {words}"),
    }
}
