//! `clawlets release diff`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, Table};
use clawlets_release::document::Document;
use serde::Serialize;
use serde_json::Value;

use super::{
    document::{Kind, read},
    fault::of_json,
};

/// Show what differs between two manifests, or two pointers.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// One document.
    #[arg(value_name = "A", value_hint = ValueHint::FilePath)]
    one: PathBuf,
    /// The other.
    #[arg(value_name = "B", value_hint = ValueHint::FilePath)]
    other: PathBuf,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Differences {
    differences: Vec<Difference>,
}

#[derive(Serialize)]
struct Difference {
    /// Where, such as `secrets.digest`.
    path: String,
    a: Option<Value>,
    b: Option<Value>,
}

impl Diff {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let (one, is_pointer) = leaves_of(&self.one)?;
        let (mut other, is_other_pointer) = leaves_of(&self.other)?;
        if is_pointer != is_other_pointer {
            return Err(Fault::new(
                FaultCode::UsageArguments,
                "one document is a pointer, the other a manifest",
            ));
        }
        let mut differences = Vec::new();
        for (path, a) in one {
            let b = other.remove(&path);
            if b.as_ref() != Some(&a) {
                differences.push(Difference { path, a: Some(a), b });
            }
        }
        differences.extend(other.into_iter().map(|(path, b)| Difference { path, a: None, b: Some(b) }));
        differences.sort_by(|left, right| left.path.cmp(&right.path));
        match printer.form() {
            Form::Json => printer.json(&Differences { differences }),
            Form::Text if differences.is_empty() => printer.note("They say the same."),
            Form::Text => {
                let mut table = Table::new(["", "A", "B"]);
                for Difference { path, a, b } in differences {
                    table.row([path, shown(a.as_ref()), shown(b.as_ref())]);
                }
                printer.table(&table);
            }
        }
        Ok(ExitCode::Ok)
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Every single value of a document with its path, and whether it is a pointer.
fn leaves_of(path: &Path) -> Result<(BTreeMap<String, Value>, bool), Fault> {
    let bytes = read(path, Document::Manifest)?;
    let is_pointer = matches!(Kind::parse(path, &bytes)?, Kind::Pointer(_));
    let document = serde_json::from_slice(&bytes).map_err(|error| of_json(path, &error))?;
    let mut leaves = BTreeMap::new();
    collect(String::new(), document, &mut leaves);
    Ok((leaves, is_pointer))
}

fn collect(path: String, value: Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = if path.is_empty() { key } else { format!("{path}.{key}") };
                collect(path, value, leaves);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.into_iter().enumerate() {
                collect(format!("{path}[{at}]"), value, leaves);
            }
        }
        leaf @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            leaves.insert(path, leaf);
        }
    }
}
