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
    value::ReleaseId,
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
            Target::Folder(folder) => Site::of(&project, &folder, &host, channel),
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
    ///
    /// # Errors
    /// A fault when there is a link among them, which would lead what is read or written elsewhere.
    pub(super) fn of(
        project: &Project,
        site: &Path,
        host: &HostName,
        channel: &Channel,
    ) -> Result<Self, Fault> {
        let above = site.join(host.as_str());
        let folder = above.join(channel.as_str());
        must_be_no_link(&above)?;
        must_be_no_link(&folder)?;
        for entry in entries(&folder)? {
            must_be_no_link(&entry)?;
        }
        let project = project.root().to_owned();
        Ok(Self { host: host.clone(), channel: channel.clone(), folder, project })
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
    ///
    /// # Errors
    /// A fault when one of them cannot be read, or is not the one that its name says.
    pub(super) fn manifests(&self) -> Result<Vec<Manifest>, Fault> {
        let mut manifests = Vec::new();
        for path in entries(&self.folder)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let number = name.strip_suffix(".json").and_then(|stem| stem.parse::<ReleaseId>().ok());
            // A number has one spelling.
            if let Some(id) = number.filter(|id| format!("{id}.json") == name) {
                manifests.push(self.read(id)?);
            }
        }
        manifests.sort_by_key(|manifest| std::cmp::Reverse(manifest.order()));
        Ok(manifests)
    }

    /// The manifest of this number.
    ///
    /// # Errors
    /// A fault when it cannot be read, or is that of another release.
    pub(super) fn read(&self, id: ReleaseId) -> Result<Manifest, Fault> {
        let path = self.manifest(id);
        let bytes = read(&path, Document::Manifest)?;
        let manifest = Manifest::parse(&bytes).map_err(|error| of_document(&path, &error))?;
        let is_named = manifest.host == self.host && manifest.channel == self.channel;
        if is_named && manifest.release_id == id {
            return Ok(manifest);
        }
        let message = format!("{} is {}", path.display(), manifest.name());
        Err(Fault::new(FaultCode::ReleaseForeign, message))
    }

    /// The pointer, if there is one.
    ///
    /// # Errors
    /// A fault when it cannot be read, or is that of another host or channel.
    pub(super) fn pointer(&self) -> Result<Option<Pointer>, Fault> {
        let path = self.latest();
        if !path.exists() {
            return Ok(None);
        }
        let bytes = read(&path, Document::Pointer)?;
        let pointer = Pointer::parse(&bytes).map_err(|error| of_document(&path, &error))?;
        if pointer.host == self.host && pointer.channel == self.channel {
            return Ok(Some(pointer));
        }
        let message = format!("{} is {}", path.display(), pointer.name());
        Err(Fault::new(FaultCode::ReleaseForeign, message))
    }
}

/// What is in a folder; nothing if there is no such folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(of_read(folder, &error)),
    };
    let path = |entry: std::io::Result<fs::DirEntry>| entry.map(|entry| entry.path());
    listed.map(path).collect::<Result<_, _>>().map_err(|error| of_read(folder, &error))
}

fn must_be_no_link(path: &Path) -> Result<(), Fault> {
    if !path.is_symlink() {
        return Ok(());
    }
    let message = format!("{} is a link", path.display());
    Err(Fault::new(FaultCode::ReleaseUnreadable, message)
        .hint("a site holds plain files and folders; find out who put it there"))
}

/// A manifest is never replaced: hosts would take two of one number for an attack.
pub(super) fn must_be_free(path: &Path) -> Result<(), Fault> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Fault::new(FaultCode::ReleaseExists, format!("{} is there already", path.display()))
        .hint("a release that was published is never replaced; '--release-id next' takes a free number"))
}
