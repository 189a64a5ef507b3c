//! `clawlets secrets list`.

use std::collections::BTreeSet;

use clap::Args;
use clawlets_model::{ExitCode, HostName, SecretName};
use clawlets_printer::{Fault, Form, Printer, Table};
use serde::Serialize;

use super::{
    fault::of_file,
    place::{HostsFlag, Keys, Place, PlaceFlags},
};

/// List the secrets: which are there, which are missing, and who needs them. Nothing is decrypted.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    secrets: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    host: HostName,
    secret: SecretName,
    /// `there`, `missing` or `unreferenced`.
    state: &'static str,
    /// Who is given it on the host.
    holders: Vec<String>,
    /// What in the configuration asks for it.
    at: Vec<String>,
}

impl List {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer, Keys::Welcome)?;
        let mut secrets = Vec::new();
        for host in self.host.hosts(&place.plan)? {
            secrets.extend(rows(&place, &host)?);
        }
        match printer.form() {
            Form::Json => printer.json(&Document { secrets }),
            Form::Text => {
                let mut table = Table::new(["HOST", "SECRET", "STATE", "FOR", "ASKED FOR BY"]);
                for row in secrets {
                    table.row([
                        row.host.to_string(),
                        row.secret.to_string(),
                        row.state.to_owned(),
                        row.holders.join(", "),
                        row.at.join(", "),
                    ]);
                }
                printer.table(&table);
            }
        }
        Ok(ExitCode::Ok)
    }
}

fn rows(place: &Place, host: &HostName) -> Result<Vec<Row>, Fault> {
    let there = place.vault.secrets_of(host).map_err(|error| of_file(&error))?;
    let wanted = place.plan.wanted(host);
    let mut rows: Vec<Row> = wanted
        .iter()
        .map(|wanted| {
            // What stands in for it is what is shown, once it is there.
            let secret = match &wanted.instead {
                Some(instead) if there.contains(instead) && !there.contains(&wanted.secret) => instead,
                Some(_) | None => &wanted.secret,
            };
            Row {
                host: host.clone(),
                secret: secret.clone(),
                state: if wanted.is_met_by(&there) { "there" } else { "missing" },
                holders: wanted.holders.iter().map(ToString::to_string).collect(),
                at: wanted.at.clone(),
            }
        })
        .collect();
    let shown: BTreeSet<_> = rows.iter().map(|row| row.secret.clone()).collect();
    for secret in there {
        if !shown.contains(&secret) {
            let state = if place.plan.refers_to(host, &secret) { "there" } else { "unreferenced" };
            rows.push(Row { host: host.clone(), secret, state, holders: Vec::new(), at: Vec::new() });
        }
    }
    Ok(rows)
}
