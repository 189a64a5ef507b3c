//! The pages, and their way to a folder.

use std::{collections::BTreeMap, io};

use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_verbs::docs::{Docs, Section, manual};

use super::{commands_page, environment_page, errors_page, schemas};

/// Writes every page.
pub(in crate::commands) fn write(docs: Docs, printer: &Printer) -> Result<ExitCode, Fault> {
    let pages = pages()
        .map_err(|error| Fault::new(FaultCode::Io, "failed to render the manual pages").because(&error))?;
    docs.write(printer, pages)
}

/// Every page by its name. The same program gives the same bytes, wherever it runs.
fn pages() -> io::Result<BTreeMap<String, String>> {
    let programs = [crate::command(), clawlets_clf::command()];
    let mut pages = BTreeMap::from([
        ("cli.md".to_owned(), commands_page::render(&programs)),
        ("errors.md".to_owned(), errors_page::render()),
        ("environment.md".to_owned(), environment_page::render()),
        ("fleet.schema.json".to_owned(), schemas::fleet()),
        ("task.schema.json".to_owned(), schemas::task()),
        ("persona.schema.json".to_owned(), schemas::persona()),
    ]);
    for program in programs {
        pages.append(&mut manual(&program, Section::Commands)?);
    }
    Ok(pages)
}
