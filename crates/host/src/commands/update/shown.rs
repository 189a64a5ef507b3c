//! How a status is shown.

use clawlets_printer::{Form, Printer};

use crate::records::Report;

/// Shows a report: as a document for programs, as lines for people.
pub(super) fn show(printer: &Printer, report: &Report) {
    match printer.form() {
        Form::Json => printer.json(report),
        Form::Text => lines(printer, report),
    }
}

fn lines(printer: &Printer, report: &Report) {
    let line = |name: &str, value: String| printer.data(format!("{name:<9} {value}"));
    let order = |order: Option<clawlets_release::value::Order>| {
        order.map_or_else(|| "none".to_owned(), |order| order.to_string())
    };
    line("result", report.status.result.to_owned());
    line("why", report.status.message.clone());
    if let Some(since) = report.status.since {
        line("since", since.to_string());
    }
    line("phase", report.status.phase.to_owned());
    line("current", report.status.current.to_string());
    line("release", order(report.status.current_release));
    line("seen", order(report.status.seen));
    if report.status.desired.is_some() {
        line("desired", order(report.status.desired));
    }
    if report.hold.is_paused {
        line("paused", "yes".to_owned());
    }
    if report.hold.pinned.is_some() {
        line("pinned", order(report.hold.pinned));
    }
    if !report.hold.skipped.is_empty() {
        let skipped: Vec<_> = report.hold.skipped.iter().map(ToString::to_string).collect();
        line("skipped", skipped.join(", "));
    }
    let ended = report.last_attempt.as_ref().and_then(|attempt| attempt.ended.as_ref());
    if let Some((failure, at)) = ended.and_then(|ended| Some((ended.failure.as_ref()?, ended.at))) {
        line("failed", format!("{failure} ({at})"));
    }
    for mirror in &report.mirrors {
        line("mirror", mirror.clone());
    }
}
