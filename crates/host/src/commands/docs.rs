//! `clawlets-host docs`: what the reference says of this program.

use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_verbs::docs::Docs;

use crate::reference;

/// Writes every page.
pub(super) fn write(docs: Docs, printer: &Printer) -> Result<ExitCode, Fault> {
    let pages = reference::pages()
        .map_err(|error| Fault::new(FaultCode::Io, "failed to render the manual pages").because(&error))?;
    docs.write(printer, pages)
}
