//! `clawlets local status`.

use std::path::{Path, PathBuf};

use clap::Args;
use clawlets_local_cloud::{
    ContainedBy, ContainmentSummary, LimitedBy, Origin, ServerSummary, SystemImage, status,
};
use clawlets_model::{ExitCode, Labels};
use clawlets_printer::{Fault, Form, Printer, Table, ago};
use jiff::Timestamp;
use serde::Serialize;

use super::{config::log_file, fault::of_cloud};
use crate::folders;

/// Show whether the local cloud runs, where, and its servers.
///
/// With `--json` the document also has the token, by which clients of Hetzner's API get in.
#[derive(Debug, Args)]
pub(super) struct ShowStatus {}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    running: bool,
    endpoint: Option<&'a str>,
    token: Option<&'a str>,
    pid: Option<u32>,
    state_dir: &'a Path,
    log: PathBuf,
    image: Option<Image>,
    /// How guests are contained, while it runs.
    containment: Option<&'a ContainmentSummary>,
    servers: Vec<Server<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    kernel_version: String,
    digest: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Server<'a> {
    id: u64,
    name: &'a str,
    status: &'a str,
    server_type: &'a str,
    image: Option<&'a str>,
    labels: &'a Labels,
    created: Timestamp,
    /// How its guest came to be: cold, clone or pool.
    origin: Option<&'static str>,
}

impl ShowStatus {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        show(printer, &folders::state_dir()?)
    }
}

/// Shows the local cloud of a state folder.
pub(super) fn show(printer: &Printer, state_dir: &Path) -> Result<ExitCode, Fault> {
    let now = status(state_dir).map_err(|error| of_cloud(&error, state_dir))?;
    let image = SystemImage::read(&SystemImage::manifest_path(&folders::cache_dir()?)).ok();
    match printer.form() {
        Form::Json => printer.json(&Document {
            running: now.daemon.is_some(),
            endpoint: now.daemon.as_ref().map(|daemon| daemon.endpoint.as_str()),
            token: now.daemon.as_ref().map(|daemon| daemon.token.expose().as_str()),
            pid: now.daemon.as_ref().map(|daemon| daemon.pid),
            state_dir,
            log: log_file(state_dir),
            image: image.map(|image| Image { kernel_version: image.kernel_version, digest: image.digest }),
            containment: now.containment.as_ref(),
            servers: now.servers.iter().map(server).collect(),
        }),
        Form::Text => {
            let state = match &now.daemon {
                Some(daemon) => format!("running  {} (process {})", daemon.endpoint, daemon.pid),
                None => "not running".to_owned(),
            };
            printer.data(state);
            printer.data(format!("state    {}", state_dir.display()));
            printer.data(format!("log      {}", log_file(state_dir).display()));
            let image = image.map_or_else(|| "not built".to_owned(), |image| image.description);
            printer.data(format!("image    {image}"));
            if let Some(containment) = &now.containment {
                printer.data(format!("guests   {}", in_words(containment)));
            }
            if !now.servers.is_empty() {
                printer.data("");
                printer.table(&table(&now.servers));
            }
        }
    }
    Ok(ExitCode::Ok)
}

fn in_words(containment: &ContainmentSummary) -> String {
    let by = match containment.by {
        ContainedBy::OwnUser => "each under a user of its own",
        ContainedBy::Bubblewrap => "each under bubblewrap",
    };
    let limits = match containment.limits {
        LimitedBy::ControlGroups => "in a control group",
        LimitedBy::ResourceLimits => "with resource limits",
    };
    format!("{by}, {limits}")
}

fn server(server: &ServerSummary) -> Server<'_> {
    Server {
        id: server.id,
        name: &server.name,
        status: server.status,
        server_type: &server.server_type,
        image: server.image.as_deref(),
        labels: &server.labels,
        created: server.created,
        origin: server.origin.map(Origin::as_str),
    }
}

fn table(servers: &[ServerSummary]) -> Table {
    let now = Timestamp::now().as_second();
    let mut table = Table::new(["SERVER", "NAME", "STATUS", "FROM", "TYPE", "IMAGE", "CREATED"]);
    for server in servers {
        table.row([
            server.id.to_string(),
            server.name.clone(),
            server.status.to_owned(),
            server.origin.map_or("-", Origin::as_str).to_owned(),
            server.server_type.clone(),
            server.image.clone().unwrap_or_else(|| "-".to_owned()),
            ago(server.created.as_second(), now),
        ]);
    }
    table
}
