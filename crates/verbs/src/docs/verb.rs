//! `docs`: writes the pages that a program makes of itself.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};

/// Write the part of the reference that this program makes of itself.
#[derive(Debug, Args)]
pub struct Docs {
    /// The folder of the reference.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Docs {
    /// Writes pages, each by its path below the folder.
    ///
    /// # Errors
    /// A fault when one cannot be written.
    pub fn write(self, printer: &Printer, pages: BTreeMap<String, String>) -> Result<ExitCode, Fault> {
        let unwritable = |path: &Path, error: &io::Error| {
            Fault::new(FaultCode::Io, format!("failed to write {}", path.display())).because(error)
        };
        for (name, content) in pages {
            let path = self.out.join(name);
            let folder = path.parent().unwrap_or(&self.out);
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
            fs::write(&path, content).map_err(|error| unwritable(&path, &error))?;
            printer.note(format!("  {}", path.display()));
        }
        Ok(ExitCode::Ok)
    }
}
