//! `clawlets secrets decrypt`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};
use clawlets_secrets::{
    project::{Layout, read_text},
    sops::{Element, Mapping, Node, ScalarKind, Sealed},
};
use serde_json::{Map, Value};

use super::{
    fault::{of_file, of_sops},
    keys::KeyFlag,
};
use crate::{fleet_file::Project, project::here};

/// Decrypt any SOPS YAML file and print what it holds.
#[derive(Debug, Args)]
pub(super) struct Decrypt {
    /// The file.
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    keys: KeyFlag,
}

impl Decrypt {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let text = read_text(&self.file).map_err(|error| of_file(&error))?;
        let fault = |error| of_sops(&self.file, &error);
        let sealed = Sealed::parse(&text).map_err(fault)?;
        let identities = self.keys.need(layout_here().as_ref())?;
        let opened = sealed.open(&identities).map_err(fault)?;
        match printer.form() {
            Form::Json => printer.json(&mapping(&opened.tree.root)),
            Form::Text => printer.raw(opened.tree.to_yaml().as_bytes()),
        }
        Ok(ExitCode::Ok)
    }
}

/// The project around, if there is one: any SOPS file may be meant, also one of no project.
pub(super) fn layout_here() -> Option<Layout> {
    let here: &Path = &here().ok()?;
    Some(Layout::new(Project::around(here).ok()?.root()))
}

fn mapping(mapping: &Mapping) -> Value {
    let entries = mapping.entries().map(|entry| (entry.key.clone(), node(&entry.value)));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn node(value: &Node) -> Value {
    match value {
        Node::Null => Value::Null,
        Node::Mapping(inner) => mapping(inner),
        Node::List(list) => {
            let nodes = list.elements.iter().filter_map(|element| match element {
                Element::Node(value) => Some(node(value)),
                Element::Comment(_) => None,
            });
            Value::Array(nodes.collect())
        }
        Node::Scalar(scalar) => {
            let text = scalar.text.expose();
            match scalar.kind {
                ScalarKind::Text | ScalarKind::Time => Value::String(text.clone()),
                ScalarKind::Integer | ScalarKind::Float | ScalarKind::Boolean => {
                    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
                }
            }
        }
    }
}
