//! Where releases are put: a folder, or a branch by way of one.

use std::path::{Path, PathBuf};

use clawlets_model::Channel;
use clawlets_printer::Fault;
use clawlets_release::value::ReleaseId;

use super::{
    super::site::{Site, Target},
    branch::{Checkout, Finish},
    source::Source,
};

/// A site that can be written to.
#[derive(Debug)]
pub(super) enum Place {
    /// The folder that is served.
    Folder(PathBuf),
    /// What is on the branch, to be committed.
    Branch(Checkout),
}

impl Place {
    /// Opens the site that is meant.
    ///
    /// # Errors
    /// A fault when the branch cannot be read.
    pub(super) fn open(target: Target, source: &Source, channel: &Channel) -> Result<Self, Fault> {
        match target {
            Target::Folder(folder) => Ok(Self::Folder(folder)),
            Target::Branch => Checkout::of(source.git(), &source.host, channel).map(Self::Branch),
        }
    }

    /// The folder to write to.
    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Folder(folder) => folder,
            Self::Branch(checkout) => checkout.folder(),
        }
    }

    /// Where a person finds a manifest.
    pub(super) fn shown(&self, site: &Site, id: ReleaseId) -> String {
        match self {
            Self::Folder(_) => site.manifest(id).display().to_string(),
            Self::Branch(_) => format!("{}/{}/{id}.json", site.host, site.channel),
        }
    }

    /// Commits what was written, where that is needed.
    ///
    /// # Errors
    /// A fault when the branch cannot be moved.
    pub(super) fn finish(&self, source: &Source, message: &str) -> Result<Finish, Fault> {
        match self {
            Self::Folder(_) => Ok(Finish::InPlace),
            Self::Branch(checkout) => checkout.commit(source.git(), message),
        }
    }
}
