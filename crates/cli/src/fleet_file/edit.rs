//! One edit, from reading the file to having it on the disk.

use std::path::{Path, PathBuf};

use clap::Args;
use clawlets_fleet::{
    Problem,
    edit::{FleetText, review},
};
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::Interrupt;

use super::{
    Project, ProjectFlag,
    fault::{of_refusal, unreadable},
    lock::Lock,
    read::read,
    replace::replace,
};

/// The flags of every verb that changes the configuration.
#[derive(Debug, Clone, Args)]
pub(crate) struct EditFlags {
    #[command(flatten)]
    project: ProjectFlag,
    /// Only show what would change, as a diff.
    #[arg(long)]
    dry_run: bool,
}

/// The flags of every verb that proposes changes, and makes them when it is told to.
#[derive(Debug, Clone, Args)]
pub(crate) struct WriteFlags {
    #[command(flatten)]
    project: ProjectFlag,
    /// Make the changes, instead of only showing them as a diff.
    #[arg(long)]
    write: bool,
}

impl WriteFlags {
    /// As [`EditFlags::edit`].
    ///
    /// # Errors
    /// As [`EditFlags::edit`].
    pub(crate) async fn edit<T>(
        &self,
        printer: &Printer,
        change: impl FnOnce(&mut FleetText) -> Result<T, Fault>,
    ) -> Result<Edited<T>, Fault> {
        let flags = EditFlags { project: self.project.clone(), dry_run: !self.write };
        flags.edit(printer, change).await
    }
}

/// An edit that was made, or would be.
#[derive(Debug)]
pub(crate) struct Edited<T> {
    /// What the change came to.
    pub(crate) outcome: T,
    pub(super) path: PathBuf,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) effect: Effect,
    /// What was wrong before and is wrong still.
    pub(super) remaining: Vec<Problem>,
    /// What is allowed and should be looked at.
    pub(super) warnings: Vec<Problem>,
}

/// What became of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Written,
    Shown,
}

impl EditFlags {
    /// Changes the configuration of the project that is meant. A change that would add a problem is refused; problems that
    /// were there do not keep others from being repaired.
    ///
    /// # Errors
    /// What the change comes to, and a fault when the file cannot be read, locked, changed or written. The file is as it
    /// was then.
    pub(crate) async fn edit<T>(
        &self,
        printer: &Printer,
        change: impl FnOnce(&mut FleetText) -> Result<T, Fault>,
    ) -> Result<Edited<T>, Fault> {
        let project = self.project.find(printer)?;
        let mut interrupt = Interrupt::listen()?;
        let lock =
            if self.dry_run { None } else { Some(Lock::take(folder(&project), &mut interrupt).await?) };
        let path = project.config();
        let found = read(path)?;
        let before = FleetText::parse(found.text.clone()).map_err(|error| unreadable(path, &error))?;
        let mut after = before.clone();
        let outcome = change(&mut after)?;
        let review = review(&before, &after).map_err(|refusal| of_refusal(path, &refusal))?;
        if let Some(lock) = &lock
            && before != after
        {
            replace(path, &found, after.as_str(), lock)?;
        }
        Ok(Edited {
            outcome,
            path: path.to_owned(),
            before: found.text,
            after: after.as_str().to_owned(),
            effect: if lock.is_some() { Effect::Written } else { Effect::Shown },
            remaining: review.remaining,
            warnings: review.warnings,
        })
    }
}

/// The folder of the configuration, which is what is locked.
fn folder(project: &Project) -> &Path {
    project.config().parent().expect("the configuration lies in a folder of the project")
}
