//! `clawlets config get`.

use clap::Args;
use clawlets_fleet::JsonPath;
use clawlets_model::{ExitCode, document::nearest};
use clawlets_printer::{Fault, FaultCode, Form, Printer, plain};
use serde_json::Value;

use crate::fleet_file::{Project, ProjectFlag};

/// Print one value of the configuration: what the file says, or else the default.
///
/// Text is printed as it is, and everything else as JSON; with `--json`, text is JSON too. Without a path it is the whole
/// file.
#[derive(Debug, Args)]
pub(super) struct Get {
    /// Its path, such as `hosts.web-1.enable`, `fleet.botOrder.0` or `cattle.hetzner.labels."a.b"`.
    #[arg(value_name = "PATH")]
    path: Option<JsonPath>,
    /// Its path, as a flag.
    #[arg(long = "path", value_name = "PATH", id = "named", conflicts_with = "path", hide = true)]
    named: Option<JsonPath>,
    #[command(flatten)]
    project: ProjectFlag,
}

impl Get {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = self.path.or(self.named).unwrap_or_default();
        let project = self.project.find(printer)?;
        let value = match project.text()?.get(&path) {
            Some(value) => value,
            None => effective(&project, &path)?,
        };
        match (printer.form(), &value) {
            (Form::Text, Value::String(text)) => printer.data(plain(text)),
            (Form::Text | Form::Json, value) => printer.json(value),
        }
        Ok(ExitCode::Ok)
    }
}

/// The value that holds where the file says nothing.
fn effective(project: &Project, path: &JsonPath) -> Result<Value, Fault> {
    let document = project.loaded()?.fleet.effective();
    let mut at = &document;
    for key in path.segments() {
        let next = match at {
            Value::Array(list) => key.parse::<usize>().ok().and_then(|index| list.get(index)),
            Value::Object(object) => object.get(key),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        at = next.ok_or_else(|| unknown(path, at, key))?;
    }
    Ok(at.clone())
}

/// A path that leads nowhere, with the key that was probably meant.
fn unknown(path: &JsonPath, at: &Value, key: &str) -> Fault {
    let fault = Fault::new(FaultCode::FleetPathUnknown, format!("there is no {path}"));
    let known = at.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str));
    match nearest(key, known) {
        Some(near) => fault.hint(format!("did you mean {near}?")),
        None => fault.hint("'clawlets config show' prints the whole configuration"),
    }
}
