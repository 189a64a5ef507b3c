//! `clawlets release list`.

use clap::Args;
use clawlets_model::{Channel, ExitCode};
use clawlets_printer::{Fault, Form, Printer, Table};
use serde::Serialize;

use super::{document::signature_of, site::SiteFlags};

/// List the releases of a host and channel, the newest first.
#[derive(Debug, Args)]
pub(super) struct List {
    /// The channel.
    #[arg(long, value_name = "CHANNEL")]
    channel: Channel,
    #[command(flatten)]
    site: SiteFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Releases {
    releases: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// `epoch/releaseId`.
    release: String,
    issued_at: String,
    rev: String,
    toplevel: String,
    /// Whether a signature lies beside it.
    is_signed: bool,
    /// `latest`, `halted`, or nothing.
    pointer: &'static str,
}

impl List {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let site = self.site.open(printer, &self.channel)?;
        let pointer = site.pointer()?;
        let rows = site.manifests()?.into_iter().map(|manifest| {
            let named = pointer.as_ref().filter(|pointer| pointer.order() == manifest.order());
            Row {
                release: manifest.order().to_string(),
                issued_at: manifest.issued_at.to_string(),
                rev: manifest.rev.to_string(),
                toplevel: manifest.toplevel.to_string(),
                is_signed: signature_of(&site.manifest(manifest.release_id)).exists(),
                pointer: named.map_or("", |pointer| if pointer.halted { "halted" } else { "latest" }),
            }
        });
        let releases = rows.collect::<Vec<_>>();
        match printer.form() {
            Form::Json => printer.json(&Releases { releases }),
            Form::Text => {
                let mut table = Table::new(["RELEASE", "", "ISSUED", "REVISION", "SIGNED", "SYSTEM"]);
                for row in releases {
                    let signed = if row.is_signed { "yes" } else { "no" };
                    let rev = row.rev.chars().take(12).collect();
                    let pointer = row.pointer.to_owned();
                    table.row([row.release, pointer, row.issued_at, rev, signed.to_owned(), row.toplevel]);
                }
                printer.table(&table);
            }
        }
        Ok(ExitCode::Ok)
    }
}
