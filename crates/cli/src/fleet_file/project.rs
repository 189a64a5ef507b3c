//! Finding a project: the nearest folder upwards that declares a fleet.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_printer::{Fault, FaultCode, Printer};

use crate::project::here;

/// Where a project keeps its configuration.
pub(super) const CONFIG: &str = "fleet/clawlets.json";
/// Where the earlier tool kept it.
pub(super) const EARLIER_CONFIG: &str = "fleet/clawdlets.json";
/// Where a project keeps what is not committed.
pub(super) const RUNTIME: &str = ".clawlets";
/// Where the earlier tool kept that.
pub(super) const EARLIER_RUNTIME: &str = ".clawdlets";

/// The flag of every verb that works on a project.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ProjectFlag {
    /// The project, or a folder in it [default: the one that you stand in].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

/// A repository that declares a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Project {
    root: PathBuf,
    config: PathBuf,
}

impl ProjectFlag {
    /// The project that is meant. Says so once when its files have the names of the earlier tool.
    ///
    /// # Errors
    /// A fault when there is none.
    pub(crate) fn find(&self, printer: &Printer) -> Result<Project, Fault> {
        let project = self.find_quietly()?;
        if project.has_earlier_name() {
            printer.warn(format!(
                "{} has the name of an earlier release: 'clawlets config migrate' moves it",
                project.config().display()
            ));
        }
        Ok(project)
    }

    /// The folder that was named.
    pub(crate) fn named(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// The project that is meant, for a verb that says itself that it is of an earlier release.
    ///
    /// # Errors
    /// A fault when there is none.
    pub(crate) fn find_quietly(&self) -> Result<Project, Fault> {
        match &self.dir {
            Some(folder) => Project::around(folder),
            None => Project::around(&here()?),
        }
    }
}

impl Project {
    /// The project around a folder, without a word about it.
    ///
    /// # Errors
    /// A fault when there is none.
    pub(crate) fn around(folder: &Path) -> Result<Self, Fault> {
        let absolute = std::path::absolute(folder).map_err(|error| {
            Fault::new(FaultCode::Io, format!("failed to find the folder {}", folder.display()))
                .because(&error)
        })?;
        let found = absolute.ancestors().find_map(|root| {
            // A link that leads nowhere counts as there, so that it is named and not passed over.
            let is_there = |config: &PathBuf| config.symlink_metadata().is_ok();
            let config = [CONFIG, EARLIER_CONFIG].map(|name| root.join(name)).into_iter().find(is_there)?;
            Some(Self { root: root.to_owned(), config })
        });
        found.ok_or_else(|| {
            let fault = format!("there is no {CONFIG} in {} or above it", absolute.display());
            Fault::new(FaultCode::ProjectUnknown, fault)
                .hint("stand in a project, name one with --dir, or make one with 'clawlets project init'")
        })
    }

    /// The project's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The file of its configuration.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// The folder of what is not committed, whether or not it is there.
    pub(crate) fn runtime(&self) -> PathBuf {
        let (ours, earlier) = (self.root.join(RUNTIME), self.root.join(EARLIER_RUNTIME));
        if !ours.exists() && earlier.is_dir() { earlier } else { ours }
    }

    /// Whether its configuration has the name that an earlier tool gave it.
    pub(crate) fn has_earlier_name(&self) -> bool {
        self.config.ends_with(EARLIER_CONFIG)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn declare(root: &Path, name: &str) {
        fs::create_dir_all(root.join("fleet")).unwrap();
        fs::write(root.join(name), "{}").unwrap();
    }

    #[test]
    fn the_nearest_folder_upwards_counts() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("a/b");
        let deep = inner.join("c");
        fs::create_dir_all(&deep).unwrap();
        assert_eq!(Project::around(&deep).unwrap_err().code(), FaultCode::ProjectUnknown);
        declare(outer.path(), CONFIG);
        assert_eq!(Project::around(&deep).unwrap().root(), outer.path());
        declare(&inner, EARLIER_CONFIG);
        let project = Project::around(&deep).unwrap();
        assert!(project.root() == inner && project.has_earlier_name());
        declare(&inner, CONFIG);
        assert!(!Project::around(&deep).unwrap().has_earlier_name());
    }

    #[test]
    fn what_is_not_committed_is_found_under_its_earlier_name() {
        let folder = tempfile::tempdir().unwrap();
        declare(folder.path(), CONFIG);
        let project = Project::around(folder.path()).unwrap();
        assert_eq!(project.runtime(), folder.path().join(RUNTIME));
        fs::create_dir(folder.path().join(EARLIER_RUNTIME)).unwrap();
        assert_eq!(project.runtime(), folder.path().join(EARLIER_RUNTIME));
        fs::create_dir(folder.path().join(RUNTIME)).unwrap();
        assert_eq!(project.runtime(), folder.path().join(RUNTIME));
    }
}
