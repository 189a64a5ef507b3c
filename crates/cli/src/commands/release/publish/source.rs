//! What a release is made of: a project at one revision.

use std::{path::PathBuf, rc::Rc};

use clawlets_fleet::Fleet;
use clawlets_model::{EnvVarName, HostName};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_release::value::Revision;
use clawlets_secrets::project::Layout;

use super::super::{
    manifest::{declared, head},
    site::SiteFlags,
};
use crate::{env_file::Settings, fleet_file::Project, git::Git, nix::Nix, stop::Stop};

/// A project at one revision, and one host in it.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) project: Project,
    pub(super) fleet: Fleet,
    pub(super) host: HostName,
    pub(super) rev: Revision,
    pub(super) nix: Nix,
    /// A variable that holds the key.
    hidden: Option<String>,
}

impl Source {
    /// The project that is meant. Without a given revision it is that of the project.
    ///
    /// # Errors
    /// A fault when the project differs from that revision.
    pub(super) fn of(
        site: &SiteFlags,
        rev: Option<&Revision>,
        hidden: Option<&EnvVarName>,
        stop: Rc<Stop>,
        printer: &Printer,
    ) -> Result<Self, Fault> {
        let (project, host) = site.project(printer)?;
        let fleet = project.load(printer)?;
        let nix = Nix::of(&Settings::load(&project.runtime())?, stop)?.hiding(hidden);
        let hidden = hidden.map(ToString::to_string);
        let rev = match rev {
            Some(rev) => rev.clone(),
            None => committed(Git::at(project.root()).hiding(hidden.as_deref()), &host)?,
        };
        Ok(Self { project, fleet, host, rev, nix, hidden })
    }

    /// Its repository.
    pub(super) fn git(&self) -> Git<'_> {
        Git::at(self.project.root()).hiding(self.hidden.as_deref())
    }

    /// The host's encrypted secrets.
    pub(super) fn secrets(&self) -> PathBuf {
        Layout::new(self.project.root()).host_folder(&self.host)
    }

    /// The flake's output that is the host's system.
    pub(super) fn flake_output(&self) -> Result<String, Fault> {
        let host = declared(&self.fleet, &self.host)?;
        let name = host.flake_host.as_ref().map_or_else(|| self.host.to_string(), ToString::to_string);
        let flake = match self.fleet.base_flake.as_str() {
            "" => self.project.root().display().to_string(),
            flake => flake.to_owned(),
        };
        Ok(format!("{flake}#{name}-system"))
    }
}

/// The revision of a project that has no changes beside it, as far as a release is made of them.
fn committed(git: Git<'_>, host: &HostName) -> Result<Revision, Fault> {
    let secrets = format!("secrets/hosts/{host}");
    let mut changed = Vec::new();
    for words in [
        &["status", "--porcelain", "--untracked-files=no"][..],
        &["status", "--porcelain", "--untracked-files=all", "--", &secrets],
    ] {
        let said = git.run(words)?;
        let lines = String::from_utf8_lossy(&said).into_owned();
        changed.extend(lines.lines().filter_map(|line| line.get(3..)).map(str::to_owned));
    }
    let Some(first) = changed.first() else { return head(git) };
    let message = format!("{first} has changes that are not committed");
    Err(Fault::new(FaultCode::ReleaseUncommitted, message)
        .hint("commit them, so that a revision says what hosts run"))
}
