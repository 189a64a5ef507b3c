//! `clawlets config show`.

use clap::Args;
use clawlets_fleet::JsonPath;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, plain};
use serde_json::Value;

use crate::fleet_file::{Project, ProjectFlag};

/// Print the whole configuration as it holds, with every default filled in.
///
/// Each value stands on a line of its own with its path; with `--json`, it is one document of the current version. A token
/// that stands in the settings of a gateway is not shown.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    project: ProjectFlag,
}

impl Show {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let project: Project = self.project.find(printer)?;
        let document = project.load(printer)?.printable();
        match printer.form() {
            Form::Json => printer.json(&document),
            Form::Text => lines(printer, &JsonPath::root(), &document),
        }
        Ok(ExitCode::Ok)
    }
}

/// Every value that holds no other, with its path.
fn lines(printer: &Printer, path: &JsonPath, value: &Value) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            for (key, value) in object {
                lines(printer, &path.child(key), value);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, value) in items.iter().enumerate() {
                lines(printer, &path.child(&at.to_string()), value);
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {
            printer.data(plain(&format!("{path} = {value}")));
        }
    }
}
