//! `clawlets cattle persona list`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_model::{ExitCode, ModelName, PersonaName};
use clawlets_printer::{Fault, FaultCode, Form, Printer, Table};
use serde::Serialize;

use crate::project;

/// List the personas of the project, with what is wrong with those that cannot be used.
#[derive(Debug, Args)]
pub(super) struct List {
    /// The folder of personas [default: the project's].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    personas: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: PersonaName,
    path: PathBuf,
    model: Option<ModelName>,
    /// How many files it has; none when it cannot be used.
    files: Option<usize>,
    fault: Option<Fault>,
}

impl List {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let folder = match self.dir {
            Some(folder) => Some(folder),
            None => project::personas_around(&project::here()?),
        };
        let personas = folder.as_deref().map(rows).transpose()?.unwrap_or_default();
        let is_whole = personas.iter().all(|persona| persona.fault.is_none());
        match printer.form() {
            Form::Json => printer.json(&Document { personas }),
            Form::Text if personas.is_empty() => {
                printer
                    .note("There are no personas here; 'clawlets cattle persona add --name NAME' makes one.");
            }
            Form::Text => show(printer, &personas),
        }
        Ok(if is_whole { ExitCode::Ok } else { ExitCode::Failed })
    }
}

fn show(printer: &Printer, personas: &[Row]) {
    let mut table = Table::new(["PERSONA", "MODEL", "FILES"]);
    for persona in personas {
        let model = persona.model.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        let files = persona.files.map_or_else(|| "invalid".to_owned(), |files| files.to_string());
        table.row([persona.name.to_string(), model, files]);
    }
    printer.table(&table);
    for fault in personas.iter().filter_map(|persona| persona.fault.as_ref()) {
        let causes: String = fault.causes().iter().map(|cause| format!(": {cause}")).collect();
        printer.warn(format!("{}{causes}", fault.message()));
    }
}

/// Every entry of the folder whose name can be a persona's, by name.
fn rows(folder: &Path) -> Result<Vec<Row>, Fault> {
    let unreadable = |error: std::io::Error| {
        Fault::new(FaultCode::Io, format!("failed to read the folder {}", folder.display())).because(&error)
    };
    let names = project::persona_names(folder).map_err(unreadable)?;
    Ok(names.into_iter().map(|name| row(folder, name)).collect())
}

fn row(folder: &Path, name: PersonaName) -> Row {
    let path = folder.join(name.as_str());
    match project::read(folder, &name) {
        Ok(persona) => {
            let model = persona.config().model.primary.clone();
            Row { name, path, model, files: Some(persona.to_files().len()), fault: None }
        }
        Err(fault) => Row { name, path, model: None, files: None, fault: Some(fault) },
    }
}
