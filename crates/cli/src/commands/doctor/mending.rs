//! `clawlets doctor --fix`.

use clawlets_doctor::{Mend, Report, Verdict};
use clawlets_printer::{Fault, FaultCode, Printer};

/// Does every repair of a report, and says what it did. One that fails does not keep the others from being done.
///
/// # Errors
/// A fault when one of them failed.
pub(super) fn mend(printer: &Printer, report: &Report) -> Result<(), Fault> {
    let mut outcome = Ok(());
    for examined in &report.checks {
        let id = examined.check.id;
        for finding in &examined.findings {
            let Verdict::Problem { cause, mend: Some(mend), .. } = &finding.verdict else { continue };
            let name = name(id, finding.about.as_deref(), mend);
            match mend.apply() {
                Ok(()) => printer.note(format!("mended {name}: {cause}")),
                Err(error) => {
                    printer.warn(format!("failed to mend {name}: {error}"));
                    outcome =
                        Err(Fault::new(FaultCode::Io, format!("failed to mend {name}")).because(&error));
                }
            }
        }
    }
    outcome
}

fn name(id: &str, about: Option<&str>, mend: &Mend) -> String {
    let file = match mend {
        Mend::Mode { path, .. } | Mend::Generate { path, .. } | Mend::Line { path, .. } => path.file_name(),
        Mend::GitConfig { .. } => None,
    };
    let file = file.map(|name| name.to_string_lossy().into_owned());
    about.map(str::to_owned).or(file).map_or_else(|| id.to_owned(), |what| format!("{id} ({what})"))
}
