//! Where the log is.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_verbs::environment::{CONTROL_AUDIT_LOG, CONTROL_STATE_TABLE};

/// The log of a server on this machine to which nothing else was said.
const USUAL: &str = "/var/lib/clawlets/control-audit.jsonl";

/// Where somebody says that the log is.
#[derive(Debug, Args)]
pub(super) struct PlaceFlags {
    /// The file [default: CONTROL_AUDIT_LOG, else /var/lib/clawlets/control-audit.jsonl].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    log: Option<PathBuf>,
    /// The table at DynamoDB [default: CONTROL_STATE_TABLE, where no file is named].
    #[arg(long, value_name = "NAME", conflicts_with = "log")]
    table: Option<String>,
}

/// Where the log is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    File(PathBuf),
    Table(String),
}

impl PlaceFlags {
    /// The flags win over the variables, and a file over a table, as with the server.
    pub(super) fn place(self) -> Place {
        let file = || CONTROL_AUDIT_LOG.value().map(|path| Place::File(path.expose().into()));
        let table = || CONTROL_STATE_TABLE.value().map(|name| Place::Table(name.expose().clone()));
        let said = self.log.map(Place::File).or(self.table.map(Place::Table));
        said.or_else(file).or_else(table).unwrap_or_else(|| Place::File(USUAL.into()))
    }
}
