//! The project whose secrets are meant, read once.

use clap::Args;
use clap_complete::ArgValueCandidates;
use clawlets_fleet::Fleet;
use clawlets_model::{HostName, OperatorId, SecretName};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_secrets::{
    plan::Plan,
    project::{Layout, Vault},
};

use super::{fault::of_vault, keys::KeyFlag};
use crate::fleet_file::{Lock, Project, ProjectFlag, host_candidates, known_host};

/// The flags of verbs about the secrets of a project.
#[derive(Debug, Clone, Args)]
pub(super) struct PlaceFlags {
    #[command(flatten)]
    project: ProjectFlag,
    #[command(flatten)]
    keys: KeyFlag,
}

/// Whether a verb can do anything without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// It needs one.
    Needed,
    /// It works without.
    Welcome,
}

/// A project with its secrets.
pub(super) struct Place {
    /// What is declared.
    pub(super) fleet: Fleet,
    /// What it needs.
    pub(super) plan: Plan,
    /// What is there.
    pub(super) vault: Vault,
    /// The right to change it, as long as this lives.
    _lock: Option<Lock>,
}

impl PlaceFlags {
    /// Reads the project.
    ///
    /// # Errors
    /// A fault when there is none, or a part of it cannot be read.
    pub(super) fn open(&self, printer: &Printer, keys: Keys) -> Result<Place, Fault> {
        let project = self.project.find(printer)?;
        self.read(printer, &project, keys, None)
    }

    /// Reads the project for a verb that changes its secrets. Who reads them is decided by rules that another such verb
    /// may be changing, so there is one at a time.
    ///
    /// # Errors
    /// As [`Self::open`], and a fault when another one does not end in time.
    pub(super) fn open_to_change(&self, printer: &Printer, keys: Keys) -> Result<Place, Fault> {
        let project = self.project.find(printer)?;
        let lock = Lock::wait(project.root())?;
        self.read(printer, &project, keys, Some(lock))
    }

    fn read(
        &self,
        printer: &Printer,
        project: &Project,
        keys: Keys,
        lock: Option<Lock>,
    ) -> Result<Place, Fault> {
        let fleet = project.load(printer)?;
        let layout = Layout::new(project.root());
        let identities = match keys {
            Keys::Needed => self.keys.need(Some(&layout))?,
            Keys::Welcome => self.keys.identities(Some(&layout))?,
        };
        let vault = Vault::open(layout, identities).map_err(|error| of_vault(&error))?;
        Ok(Place { plan: Plan::of(&fleet), fleet, vault, _lock: lock })
    }
}

/// The flag of verbs that work on one host or on all.
#[derive(Debug, Clone, Args)]
pub(super) struct HostsFlag {
    /// Only this host [default: every host that is concerned].
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(host_candidates))]
    host: Option<HostName>,
}

impl HostsFlag {
    /// The host that was named, which is declared.
    ///
    /// # Errors
    /// A fault when it is not.
    pub(super) fn named(&self, plan: &Plan) -> Result<Option<HostName>, Fault> {
        let names: Vec<String> = plan.hosts.iter().map(ToString::to_string).collect();
        self.host.as_ref().map(|host| known_host(&names, host)).transpose()
    }

    /// The hosts that are meant: the named one, or all.
    ///
    /// # Errors
    /// A fault when the named one is not declared.
    pub(super) fn hosts(&self, plan: &Plan) -> Result<Vec<HostName>, Fault> {
        Ok(self.named(plan)?.map_or_else(|| plan.hosts.clone(), |host| vec![host]))
    }

    /// One host: the named one, the default one or the only one.
    ///
    /// # Errors
    /// A fault when it is not clear which.
    pub(super) fn one(&self, place: &Place) -> Result<HostName, Fault> {
        if let Some(host) = self.named(&place.plan)? {
            return Ok(host);
        }
        place.fleet.implied_host().cloned().ok_or_else(|| {
            Fault::new(FaultCode::HostUnknown, "there are several hosts, and none is the default")
                .hint("name one with --host")
        })
    }

    /// The hosts of one secret: the named one, or those that need it, or those that have it.
    ///
    /// # Errors
    /// A fault when no host has to do with it.
    pub(super) fn of_secret(&self, place: &Place, secret: &SecretName) -> Result<Vec<HostName>, Fault> {
        if let Some(host) = self.named(&place.plan)? {
            return Ok(vec![host]);
        }
        let is_there = |host: &HostName| place.vault.layout.secret(host, secret).symlink_metadata().is_ok();
        let is_concerned = |host: &&HostName| place.plan.refers_to(host, secret) || is_there(host);
        let hosts: Vec<_> = place.plan.hosts.iter().filter(is_concerned).cloned().collect();
        if hosts.is_empty() {
            return Err(Fault::new(
                FaultCode::SecretsUnknown,
                format!("nothing in the configuration refers to a secret {secret}"),
            )
            .hint("'clawlets secrets list' shows the secrets; --host stores it for a host all the same"));
        }
        Ok(hosts)
    }
}

/// The name that a person works under: given, else the one of the unix user.
///
/// # Errors
/// A fault when neither can be an operator's name.
pub(super) fn operator_name(given: Option<OperatorId>) -> Result<OperatorId, Fault> {
    let user = || OperatorId::parse(&std::env::var("USER").ok()?).ok();
    given.or_else(user).ok_or_else(|| {
        Fault::new(FaultCode::UsageArguments, "failed to tell which operator you are")
            .hint("name yourself with --operator")
    })
}
