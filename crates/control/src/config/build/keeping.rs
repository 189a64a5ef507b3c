//! Where deploys and decisions are kept.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clawlets_aws::Aws;

use super::Build;
use crate::{
    audit::{AuditFile, AuditLog, AuditTable},
    config::document::StateTable,
    late::Late,
    store::{LedgerStore, SqliteStore, TableStore},
};

/// The names of the files in the folder of this machine's state.
const FILES: (&str, &str) = ("control.sqlite", "control-audit.jsonl");

/// Both places.
type Keeping = (Arc<dyn LedgerStore>, Arc<dyn AuditLog>);

impl Build<'_> {
    pub(super) fn keeping(
        &mut self,
        state: StateTable,
        audit_log: Option<PathBuf>,
        folder: &Path,
        aws: Option<&Arc<Late<Aws>>>,
    ) -> Option<Keeping> {
        if let Some(table) = state.table {
            let Some(aws) = aws else {
                self.fault("state.table", "needs credentials for AWS");
                return None;
            };
            let store = TableStore { aws: Arc::clone(aws), table: table.clone() };
            let audit: Arc<dyn AuditLog> = match audit_log {
                Some(path) => Arc::new(self.audit_file(path)?),
                None => Arc::new(AuditTable::new(Arc::clone(aws), table)),
            };
            return Some((Arc::new(store), audit));
        }
        let file = state.file.unwrap_or_else(|| match &audit_log {
            Some(path) if !is_odd(path) => beside(path),
            Some(_) | None => folder.join(FILES.0),
        });
        let audit = self.audit_file(audit_log.unwrap_or_else(|| folder.join(FILES.1)))?;
        self.make_folder("state.file", &file)?;
        let store = SqliteStore::open(&file);
        let store = self.ok("state.file", store.map_err(|error| clawlets_model::cause::chain(&error)))?;
        Some((Arc::new(store), Arc::new(audit)))
    }

    fn audit_file(&mut self, path: PathBuf) -> Option<AuditFile> {
        self.make_folder("audit_log", &path)?;
        let started = AuditFile::start(path);
        self.ok("audit_log", started)
    }

    /// The folder of a file, readable by nobody else where it is made here.
    fn make_folder(&mut self, key: &str, file: &Path) -> Option<()> {
        use std::os::unix::fs::DirBuilderExt;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let made = folder
            .map_or(Ok(()), |folder| std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder));
        self.ok(key, made.map_err(|error| format!("{}: {error}", file.display())))
    }
}

/// A device, for one: nothing is put beside it.
fn is_odd(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".state.sqlite");
    PathBuf::from(name)
}
