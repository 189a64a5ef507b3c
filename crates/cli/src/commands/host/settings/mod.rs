//! The settings of a host that have a flag of their own.
//!
//! The rest is in reach of `config set hosts.NAME.…`. Values are checked like those of the file; where the grammar of a
//! value is one of ours, the flag already refuses what does not follow it.

mod access;
mod cache;
mod collect;
mod machine;
mod updates;

use clap::Args;
use clawlets_fleet::{Fleet, JsonPath, edit::FleetText};
use clawlets_model::HostName;
use clawlets_printer::{Fault, Printer};

use self::collect::Collected;
use super::super::ssh_keys::SshKeyFlags;
use crate::fleet_file::{Change, ListElement, of_change};

/// The flags of `host add` and `host set`.
#[derive(Debug, Args)]
pub(super) struct HostSettings {
    #[command(flatten)]
    machine: machine::Machine,
    #[command(flatten)]
    access: access::Access,
    #[command(flatten)]
    cache: cache::Cache,
    #[command(flatten)]
    updates: updates::Updates,
    #[command(flatten)]
    keys: SshKeyFlags,
    /// Add to a list of the host, such as `egress.allowDomains=example.com`; repeatable.
    #[arg(long, value_name = "LIST=VALUE")]
    add: Vec<ListElement>,
    /// Take out of a list of the host; repeatable.
    #[arg(long, value_name = "LIST=VALUE")]
    rm: Vec<ListElement>,
}

impl HostSettings {
    /// Makes the changes that the flags ask for. How many there are.
    ///
    /// # Errors
    /// A fault when one of them cannot be made.
    pub(super) fn apply(
        &self,
        printer: &Printer,
        text: &mut FleetText,
        host: &HostName,
    ) -> Result<usize, Fault> {
        let changes = self.changes(printer, text, host)?;
        for change in &changes {
            change.apply(text).map_err(|error| of_change(&error))?;
        }
        Ok(changes.len())
    }

    fn changes(&self, printer: &Printer, text: &FleetText, host: &HostName) -> Result<Vec<Change>, Fault> {
        let place = JsonPath::of(["hosts", host.as_str()]);
        let mut collected = Collected::below(place.clone());
        self.machine.collect(&mut collected);
        self.access.collect(&mut collected, text)?;
        self.cache.collect(&mut collected);
        self.updates.collect(&mut collected);
        let mut changes = collected.into_changes();
        let schema = Fleet::json_schema();
        for element in &self.rm {
            changes.push(element.removed(&place, &schema)?);
        }
        for element in &self.add {
            changes.push(element.added(&place, &schema)?);
        }
        changes.extend(self.keys.changes(printer)?);
        Ok(changes)
    }
}
