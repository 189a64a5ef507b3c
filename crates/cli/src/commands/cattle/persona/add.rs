//! `clawlets cattle persona add`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::{
    ExitCode, ModelName, PersonaName,
    persona::{CONFIG, PersonaConfig, PersonaModel, SOUL},
};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use serde::Serialize;

use crate::project;

/// Write a new persona to start from: a soul, settings, and folders for skills and memory.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// The persona's name.
    #[arg(long)]
    name: PersonaName,
    /// The model that it thinks with, such as zai/glm-4.7.
    #[arg(long, value_name = "PROVIDER/MODEL")]
    model: Option<ModelName>,
    /// The folder of personas [default: the project's, or ./cattle/personas].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    name: &'a PersonaName,
    path: &'a Path,
}

impl Add {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let personas = match self.dir {
            Some(folder) => folder,
            None => {
                let here = project::here()?;
                project::personas_around(&here).unwrap_or_else(|| here.join(project::PERSONAS))
            }
        };
        let folder = personas.join(self.name.as_str());
        write(&personas, &folder, &self.name, self.model)?;
        match printer.form() {
            Form::Json => printer.json(&Document { name: &self.name, path: &folder }),
            Form::Text => {
                printer.data(folder.display().to_string());
                printer.note(format!("Say in {} who {} is.", folder.join(SOUL).display(), self.name));
            }
        }
        Ok(ExitCode::Ok)
    }
}

/// Writes the persona. The folder itself is made last but one and must be new, so nothing is ever overwritten.
fn write(personas: &Path, folder: &Path, name: &PersonaName, model: Option<ModelName>) -> Result<(), Fault> {
    let config = PersonaConfig {
        schema_version: 1,
        model: PersonaModel { primary: model, fallbacks: Vec::new() },
        ..PersonaConfig::default()
    };
    let config = serde_json::to_string_pretty(&config).expect("a persona's settings have only text keys");
    let soul = format!(
        "# {name}\n\nYou are {name}. You do one task in a machine of your own, and report what you found.\n"
    );
    let written = || {
        fs::create_dir_all(personas)?;
        fs::create_dir(folder)?;
        fs::create_dir(folder.join("skills"))?;
        fs::create_dir(folder.join("memory"))?;
        fs::write(folder.join(SOUL), soul)?;
        fs::write(folder.join(CONFIG), format!("{config}\n"))
    };
    written().map_err(|error: io::Error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Fault::new(FaultCode::PersonaExists, format!("{} exists already", folder.display()))
                .hint("choose another name, or edit its files");
        }
        Fault::new(FaultCode::Io, format!("failed to write {}", folder.display())).because(&error)
    })
}
