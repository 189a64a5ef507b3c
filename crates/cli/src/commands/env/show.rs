//! `clawlets env show`.

use std::path::PathBuf;

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, Table};
use serde::Serialize;

use crate::{
    env_file::{Key, NAME, Settings, Source},
    fleet_file::ProjectFlag,
};

/// Show which tokens and paths are set, and where. Tokens themselves are never shown.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    path: PathBuf,
    variables: Vec<Variable>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Variable {
    name: &'static str,
    is_set: bool,
    source: Option<Source>,
    /// Never of a token.
    value: Option<String>,
}

impl Show {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let runtime = self.project.find(printer)?.runtime();
        let settings = Settings::load(&runtime)?;
        let variables = Key::ALL.into_iter().map(|key| Variable::of(&settings, key)).collect();
        match printer.form() {
            Form::Json => printer.json(&Document { path: runtime.join(NAME), variables }),
            Form::Text => printer.table(&table(&variables)),
        }
        Ok(ExitCode::Ok)
    }
}

fn table(variables: &[Variable]) -> Table {
    let mut table = Table::new(["VARIABLE", "VALUE", "FROM"]);
    for variable in variables {
        let set = if variable.is_set { "set" } else { "unset" };
        let from = match variable.source {
            Some(Source::Environment) => "environment",
            Some(Source::File) => "file",
            None => "-",
        };
        let value = variable.value.clone().unwrap_or_else(|| set.to_owned());
        table.row([variable.name.to_owned(), value, from.to_owned()]);
    }
    table
}

impl Variable {
    fn of(settings: &Settings, key: Key) -> Self {
        let found = settings.get(key);
        Self {
            name: key.name(),
            is_set: found.is_some(),
            source: found.map(|(source, _)| source),
            value: found.filter(|_| !key.is_token()).map(|(_, value)| value.expose().clone()),
        }
    }
}
