//! The configuration for verbs that only look at it.

use clawlets_fleet::{Fleet, Loaded, edit::FleetText};
use clawlets_printer::{Fault, Printer};

use super::{
    Project,
    fault::{invalid, unreadable},
    read::read,
};

impl Project {
    /// The configuration, which must be valid. Says so once when it is of an earlier version.
    ///
    /// # Errors
    /// A fault when it cannot be read, or with everything that is wrong with it.
    pub(crate) fn load(&self, printer: &Printer) -> Result<Fleet, Fault> {
        let Loaded { fleet, from_version, .. } = self.loaded()?;
        if !from_version.is_current() {
            printer.warn(format!(
                "{} is of version {from_version}: 'clawlets config migrate' rewrites it",
                self.config().display()
            ));
        }
        Ok(fleet)
    }

    /// The configuration, which must be valid, with what is to be said about it.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub(crate) fn loaded(&self) -> Result<Loaded, Fault> {
        let text = read(self.config())?.text;
        Fleet::read(&text).map_err(|fault| invalid(self.config(), &fault))
    }

    /// The configuration as it is written, valid or not.
    ///
    /// # Errors
    /// A fault when it cannot be read, or is no JSON object.
    pub(crate) fn text(&self) -> Result<FleetText, Fault> {
        FleetText::parse(read(self.config())?.text).map_err(|error| unreadable(self.config(), &error))
    }
}
