//! A report for strangers. It holds the ids of checks and what they came to, and nothing that a check said: causes name
//! hosts, addresses and paths.

use std::fmt::Write;

use clawlets_doctor::{Report, Severity, Verdict};

pub(super) fn markdown(report: &Report) -> String {
    let tally = report.tally();
    let mut text = format!(
        "clawlets {} on {} {}\n\n{} errors, {} warnings, {} unknown, {} as it should be\n\n| check | verdict | things |\n|---|---|---|",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        tally.errors,
        tally.warnings,
        tally.unknown,
        tally.passed
    );
    for examined in &report.checks {
        let count = |is: fn(&Verdict) -> bool| {
            examined.findings.iter().filter(|finding| is(&finding.verdict)).count()
        };
        let problem = match examined.check.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let rows = [
            ("pass", count(|verdict| matches!(verdict, Verdict::Pass))),
            (problem, count(|verdict| matches!(verdict, Verdict::Problem { .. }))),
            ("unknown", count(|verdict| matches!(verdict, Verdict::Unknown { .. }))),
        ];
        for (verdict, things) in rows.into_iter().filter(|(_, things)| *things > 0) {
            write!(text, "\n| {} | {verdict} | {things} |", examined.check.id)
                .expect("a text can be written to");
        }
    }
    text
}
