//! `clawlets bundle list`.

use clap::Args;
use clawlets_instance_bundle::{
    BundleFile, BundleVersion, LARGEST_MANIFEST,
    object::{BY_HASH, MANIFEST, SIGNATURE, by_hash},
};
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Fault, Form, Printer, Table};
use serde::Serialize;

use super::{account::Account, content::PlaceFlags, made::parse};

/// Show the bundle of a host that is stored, with every object that belongs to it.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    place: String,
    instance: Option<HostName>,
    version: Option<BundleVersion>,
    objects: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    bytes: u64,
    modified_at: Option<String>,
    /// What it is to the bundle: `current`, `kept` by its hash, or nothing.
    part: &'static str,
}

impl List {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer)?;
        let account = Account::of(&place.fleet, &place.host, &place.settings)?;
        let manifest = account.read(MANIFEST, LARGEST_MANIFEST as u64).await?;
        let manifest = manifest.map(|(bytes, _)| parse(&bytes)).transpose()?;
        let by_hash: Vec<String> = manifest
            .iter()
            .flat_map(|manifest| manifest.known_files().map(|(_, digest)| by_hash(digest)))
            .collect();
        let plain = [MANIFEST, SIGNATURE, BundleFile::RepoSeeds.name(), BundleFile::Secrets.name()];
        let objects = account.list().await?.into_iter().map(|listed| Row {
            part: if plain.contains(&listed.key.as_str()) || by_hash.contains(&listed.key) {
                "current"
            } else if listed.key.starts_with(BY_HASH) {
                "kept"
            } else {
                ""
            },
            name: listed.key,
            bytes: listed.bytes,
            modified_at: listed.modified_at.map(|at| at.to_string()),
        });
        let document = Document {
            place: account.shown(),
            instance: manifest.as_ref().map(|manifest| manifest.instance.clone()),
            version: manifest.as_ref().map(|manifest| manifest.version),
            objects: objects.collect(),
        };
        match printer.form() {
            Form::Json => printer.json(&document),
            Form::Text => {
                let mut table = Table::new(["OBJECT", "BYTES", "STORED", ""]);
                for row in document.objects {
                    let stored = row.modified_at.unwrap_or_default();
                    table.row([row.name, row.bytes.to_string(), stored, row.part.to_owned()]);
                }
                printer.table(&table);
                printer.note(match document.version {
                    Some(version) => format!("Bundle {version} at {}.", document.place),
                    None => format!("There is no bundle at {}.", document.place),
                });
            }
        }
        Ok(ExitCode::Ok)
    }
}
