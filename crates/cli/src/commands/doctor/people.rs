//! A report for a person: what needs attention, and one line for the rest.

use clawlets_doctor::{Examined, Finding, Report, Scope, Severity, Verdict};
use clawlets_printer::Printer;

/// Shows each scope with what is wrong in it, errors first, then what is not known.
pub(super) fn show(printer: &Printer, report: &Report) {
    for scope in Scope::ALL {
        let checks: Vec<&Examined> =
            report.checks.iter().filter(|examined| examined.check.scope == scope).collect();
        if checks.is_empty() {
            continue;
        }
        let findings =
            || checks.iter().flat_map(|examined| examined.findings.iter().map(|one| (*examined, one)));
        let passed = findings().filter(|(_, finding)| finding.verdict == Verdict::Pass).count();
        printer.data(format!("{}: {passed} as it should be", scope.name()));
        let mut lines: Vec<(u8, String)> =
            findings().filter_map(|(examined, finding)| line(examined, finding)).collect();
        lines.sort_by_key(|(rank, _)| *rank);
        for (_, line) in lines {
            printer.data(line);
        }
    }
    let tally = report.tally();
    printer.note(format!(
        "{} errors, {} warnings, {} unknown, {} as it should be",
        tally.errors, tally.warnings, tally.unknown, tally.passed
    ));
}

fn line(examined: &Examined, finding: &Finding) -> Option<(u8, String)> {
    let id = examined.check.id;
    let about = finding.about.as_ref().map_or_else(String::new, |about| format!(" {about}:"));
    match &finding.verdict {
        Verdict::Pass => None,
        Verdict::Problem { cause, fix, .. } => {
            let (rank, word) = match examined.check.severity {
                Severity::Error => (0, "error  "),
                Severity::Warning => (1, "warning"),
            };
            Some((rank, format!("  {word} {id}:{about} {cause}\n            fix: {fix}")))
        }
        Verdict::Unknown { why } => Some((2, format!("  unknown {id}:{about} {why}"))),
    }
}
