//! Bringing a project of an earlier release to this one.

use std::path::{Path, PathBuf};

use clawlets_fleet::{Fleet, Migrated, SchemaVersion, migrate};
use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::Interrupt;

use super::{
    Project,
    diff::diff,
    fault::invalid,
    lock::Lock,
    moves::{Move, Moves},
    read::read,
    replace::replace,
};

/// What is to be done with a project, found out without changing anything.
#[derive(Debug)]
pub(crate) struct Migration {
    /// The configuration's place when all is done.
    path: PathBuf,
    before: String,
    migrated: Migrated,
    moves: Moves,
}

impl Migration {
    /// Finds out what is to be done.
    ///
    /// # Errors
    /// A fault with everything that is wrong with the configuration: what is refused as it is would be refused afterwards.
    pub(crate) fn plan(project: &Project) -> Result<Self, Fault> {
        let moves = Moves::of(project)?;
        let found = read(project.config())?;
        let refused = |fault| invalid(project.config(), &fault);
        Fleet::read(&found.text).map_err(refused)?;
        let migrated = migrate(&found.text).map_err(refused)?;
        let path =
            moves.moves.iter().find(|entry| entry.from == project.config()).map(|entry| entry.to.clone());
        let path = path.unwrap_or_else(|| project.config().to_owned());
        Ok(Self { path, before: found.text, migrated, moves })
    }

    /// Does it. Each step by itself leaves a project that works: a file is read under its earlier name or its new one,
    /// and in its earlier form or its new one.
    ///
    /// # Errors
    /// A fault when somebody else edits the project, or when the disk refuses.
    pub(crate) async fn carry_out(&self) -> Result<(), Fault> {
        if !self.changes() {
            return Ok(());
        }
        let mut interrupt = Interrupt::listen()?;
        let folder = self.path.parent().expect("the configuration lies in a folder of the project");
        let lock = Lock::take(folder, &mut interrupt).await?;
        self.moves.moves.iter().try_for_each(Move::carry_out)?;
        let found = read(&self.path)?;
        if found.text != self.before {
            return Err(Fault::new(
                FaultCode::FleetChanged,
                format!("{} was changed meanwhile", self.path.display()),
            )
            .hint("run the same command again"));
        }
        if found.text == self.migrated.text {
            return Ok(());
        }
        replace(&self.path, &found, &self.migrated.text, &lock)
    }

    /// The configuration's place when all is done.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The version that the configuration is of.
    pub(crate) const fn read_as(&self) -> SchemaVersion {
        self.migrated.from_version
    }

    /// Whether there is anything to do.
    pub(crate) fn changes(&self) -> bool {
        self.before != self.migrated.text || !self.moves.moves.is_empty()
    }

    /// What is done within the configuration, in sentences.
    pub(crate) fn steps(&self) -> &[String] {
        &self.migrated.steps
    }

    /// What is moved: from where, and to where.
    pub(crate) fn moves(&self) -> impl Iterator<Item = (&Path, &Path)> {
        self.moves.moves.iter().map(|entry| (entry.from.as_path(), entry.to.as_path()))
    }

    /// What needs a person, in sentences.
    pub(crate) fn left(&self) -> &[String] {
        &self.moves.left
    }

    /// What changes within the configuration. Tokens that stand in it are not shown.
    pub(crate) fn diff(&self) -> String {
        diff(&self.path, &self.before, &self.migrated.text)
    }
}
