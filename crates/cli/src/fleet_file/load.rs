//! The configuration for verbs that only look at it.

use std::path::Path;

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

    /// The configuration, which must be valid, with what is to be said about it, and as it is written.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub(crate) fn loaded_with_text(&self) -> Result<(Loaded, FleetText), Fault> {
        let text = self.text()?;
        let loaded = Fleet::read(text.as_str()).map_err(|fault| invalid(self.config(), &fault))?;
        Ok((loaded, text))
    }

    /// The configuration as it is written, valid or not.
    ///
    /// # Errors
    /// A fault when it cannot be read, or is no JSON object.
    pub(crate) fn text(&self) -> Result<FleetText, Fault> {
        FleetText::parse(read(self.config())?.text).map_err(|error| unreadable(self.config(), &error))
    }
}

/// A configuration that is being edited, which must be valid.
///
/// # Errors
/// A fault with everything that is wrong with it.
pub(crate) fn under_edit(text: &FleetText) -> Result<Loaded, Fault> {
    Fleet::read(text.as_str()).map_err(|fault| invalid(Path::new("the configuration"), &fault))
}
