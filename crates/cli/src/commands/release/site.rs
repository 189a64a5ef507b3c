//! The folder in which the releases of a host and channel lie.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::{Channel, HostName};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_release::{
    document::{Document, Manifest, Pointer},
    value::{Epoch, Order, ReleaseId, ReleaseName},
};

use super::{
    document::read,
    fault::{of_document, of_read},
};
use crate::fleet_file::{HostFlag, Project, ProjectFlag};

/// Which releases are meant.
#[derive(Debug, Clone, Args)]
pub(super) struct SiteFlags {
    #[command(flatten)]
    host: HostFlag,
    /// The folder that is served to hosts; deploy in the project if not given. For 'release publish', gh-pages is the
    /// branch of that name.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    site: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectFlag,
}

/// The releases of one host and channel.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) host: HostName,
    pub(super) channel: Channel,
    folder: PathBuf,
    /// The project, whose revision a release is built from.
    pub(super) project: PathBuf,
}

impl SiteFlags {
    pub(super) fn open(&self, printer: &Printer, channel: &Channel) -> Result<Site, Fault> {
        let (project, host) = self.project(printer)?;
        match self.target(&project) {
            Target::Folder(folder) => Ok(Site::of(&project, &folder, &host, channel)),
            Target::Branch => Err(Fault::new(
                FaultCode::UsageArguments,
                format!("only 'clawlets release publish' works on the branch {BRANCH} itself"),
            )
            .hint(format!("'git worktree add ../site {BRANCH}' checks it out for --site ../site"))),
        }
    }

    /// The project that is meant, and the host in it.
    pub(super) fn project(&self, printer: &Printer) -> Result<(Project, HostName), Fault> {
        let project = self.project.find(printer)?;
        let host = self.host.resolve(&project.text()?)?;
        Ok((project, host))
    }

    /// Where releases are put.
    pub(super) fn target(&self, project: &Project) -> Target {
        match &self.site {
            Some(site) if site.as_os_str() == BRANCH => Target::Branch,
            Some(site) => Target::Folder(site.clone()),
            None => Target::Folder(project.root().join("deploy")),
        }
    }
}

/// The branch of the project's repository that can stand for a site.
pub(super) const BRANCH: &str = "gh-pages";

/// Where releases are put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Folder(PathBuf),
    /// The branch [`BRANCH`] of the project's repository.
    Branch,
}

impl Site {
    /// The releases of a host and channel below a folder.
    pub(super) fn of(project: &Project, site: &Path, host: &HostName, channel: &Channel) -> Self {
        let folder = site.join(host.as_str()).join(channel.as_str());
        let project = project.root().to_owned();
        Self { host: host.clone(), channel: channel.clone(), folder, project }
    }

    /// The folder itself.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the pointer lies.
    pub(super) fn latest(&self) -> PathBuf {
        self.folder.join("latest.json")
    }

    /// Where a manifest lies.
    pub(super) fn manifest(&self, id: ReleaseId) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    /// Where something lies that a document names.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The manifests that are there, the newest first.
    pub(super) fn manifests(&self) -> Result<Vec<Manifest>, Fault> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(of_read(&self.folder, &error)),
        };
        let mut manifests = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| of_read(&self.folder, &error))?.path();
            let is_json = path.extension().is_some_and(|extension| extension == "json");
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if is_json && stem.parse::<ReleaseId>().is_ok() {
                manifests.push(manifest(&path)?);
            }
        }
        manifests.sort_by_key(|manifest| std::cmp::Reverse(manifest.order()));
        Ok(manifests)
    }

    /// The pointer, if there is one.
    pub(super) fn pointer(&self) -> Result<Option<Pointer>, Fault> {
        let path = self.latest();
        if !path.exists() {
            return Ok(None);
        }
        let bytes = read(&path, Document::Pointer)?;
        Pointer::parse(&bytes).map(Some).map_err(|error| of_document(&path, &error))
    }

    /// What a release is called here. Without a number it is the next one: above every manifest and the pointer, in
    /// their highest epoch.
    pub(super) fn name(&self, id: Option<ReleaseId>, epoch: Option<Epoch>) -> Result<ReleaseName, Fault> {
        let manifests = self.manifests()?;
        let known =
            manifests.iter().map(Manifest::order).chain(self.pointer()?.map(|pointer| pointer.order()));
        let highest = known.max();
        let epoch = epoch.or(highest.map(|highest| highest.epoch)).unwrap_or_default();
        let next = match highest.filter(|highest| highest.epoch == epoch) {
            None => Some(ReleaseId::FIRST),
            Some(highest) => highest.release_id.next(),
        };
        let release_id = id.or(next).ok_or_else(|| {
            Fault::new(FaultCode::ReleaseExists, "there is no number above the last release's")
                .hint("only a release of a higher epoch, signed by a recovery key, leads on")
        })?;
        Ok(ReleaseName {
            host: self.host.clone(),
            channel: self.channel.clone(),
            order: Order { epoch, release_id },
        })
    }
}

/// Reads a manifest.
pub(super) fn manifest(path: &Path) -> Result<Manifest, Fault> {
    let bytes = read(path, Document::Manifest)?;
    Manifest::parse(&bytes).map_err(|error| of_document(path, &error))
}

/// A manifest is never replaced: hosts would take two of one number for an attack.
pub(super) fn must_be_free(path: &Path) -> Result<(), Fault> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Fault::new(FaultCode::ReleaseExists, format!("{} is there already", path.display()))
        .hint("a release that was published is never replaced; '--release-id next' takes a free number"))
}
