//! The verb itself.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use clawlets_model::{Channel, ExitCode};
use clawlets_printer::{Fault, FaultCode, Form, Printer, Table};
use clawlets_release::document::{Document, Manifest};
use serde::Serialize;
use serde_json::Value;

use super::{
    super::{
        document::{Kind, read},
        fault::of_json,
        site::SiteFlags,
    },
    between::{SecretChanges, commits},
};

/// Show what differs between two releases: what their manifests say, which secrets, and the commits between them.
///
/// Each is a file, or with --channel the number of a release or the word latest. Two pointers can be compared too.
#[derive(Debug, Args)]
pub(in crate::commands::release) struct Diff {
    /// One of them.
    #[arg(value_name = "A")]
    one: String,
    /// The other.
    #[arg(value_name = "B")]
    other: String,
    /// The channel that numbers are of.
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<Channel>,
    #[command(flatten)]
    site: SiteFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Differences {
    differences: Vec<Difference>,
    /// The names of secrets; none when one of the bundles is not beside its manifest.
    secrets: Option<SecretChanges>,
    /// The commits that B has and A has not, the newest first; none when they are not known here.
    commits: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Difference {
    /// Where, such as `secrets.digest`.
    path: String,
    a: Option<Value>,
    b: Option<Value>,
}

/// One of the two.
struct Side {
    path: PathBuf,
    kind: Kind,
    leaves: BTreeMap<String, Value>,
}

impl Side {
    fn manifest(&self) -> Option<&Manifest> {
        match &self.kind {
            Kind::Manifest(manifest) => Some(manifest),
            Kind::Pointer(_) => None,
        }
    }
}

impl Diff {
    pub(in crate::commands::release) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let (one, mut other) = (self.side(&self.one, printer)?, self.side(&self.other, printer)?);
        if one.manifest().is_some() != other.manifest().is_some() {
            return Err(Fault::new(
                FaultCode::UsageArguments,
                "one document is a pointer, the other a manifest",
            ));
        }
        let (secrets, commits) = match (one.manifest(), other.manifest()) {
            (Some(a), Some(b)) => {
                let project = self.site.project(printer).ok();
                let commits = project.and_then(|(project, _)| commits(project.root(), &a.rev, &b.rev));
                (SecretChanges::between((&one.path, a), (&other.path, b))?, commits)
            }
            (Some(_) | None, None) | (None, Some(_)) => (None, None),
        };
        let mut differences = Vec::new();
        for (path, a) in one.leaves {
            let b = other.leaves.remove(&path);
            if b.as_ref() != Some(&a) {
                differences.push(Difference { path, a: Some(a), b });
            }
        }
        differences.extend(other.leaves.into_iter().map(|(path, b)| Difference {
            path,
            a: None,
            b: Some(b),
        }));
        differences.sort_by(|left, right| left.path.cmp(&right.path));
        let found = Differences { differences, secrets, commits };
        match printer.form() {
            Form::Json => printer.json(&found),
            Form::Text => show(printer, found),
        }
        Ok(ExitCode::Ok)
    }

    /// A document by its file, its number, or as the latest.
    fn side(&self, named: &str, printer: &Printer) -> Result<Side, Fault> {
        let path = match &self.channel {
            None => PathBuf::from(named),
            Some(channel) => {
                let site = self.site.open(printer, channel)?;
                match (named, named.parse()) {
                    ("latest", _) => {
                        let none = || {
                            Fault::new(FaultCode::ReleaseUnknown, format!("{} has no latest.json", site.host))
                        };
                        site.manifest(site.pointer()?.ok_or_else(none)?.release_id)
                    }
                    (_, Ok(id)) => site.manifest(id),
                    (_, Err(_)) => PathBuf::from(named),
                }
            }
        };
        let bytes = read(&path, Document::Manifest)?;
        let kind = Kind::parse(&path, &bytes)?;
        let document = serde_json::from_slice(&bytes).map_err(|error| of_json(&path, &error))?;
        let mut leaves = BTreeMap::new();
        collect(String::new(), document, &mut leaves);
        Ok(Side { path, kind, leaves })
    }
}

fn show(printer: &Printer, found: Differences) {
    if found.differences.is_empty() {
        printer.note("They say the same.");
        return;
    }
    let mut table = Table::new(["", "A", "B"]);
    for Difference { path, a, b } in found.differences {
        table.row([path, shown(a.as_ref()), shown(b.as_ref())]);
    }
    for (name, a, b) in found.secrets.iter().flat_map(SecretChanges::rows) {
        table.row([format!("secret {name}"), a.to_owned(), b.to_owned()]);
    }
    printer.table(&table);
    for commit in found.commits.into_iter().flatten() {
        printer.data(commit);
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
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
