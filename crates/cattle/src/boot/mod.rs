//! How a machine learns who it is: a one-time token, an address and a deadline.
//!
//! Each way is a [`BootSource`]. There are three: the provider's metadata service, a file that cloud-init wrote, and the
//! claim port of a machine that wakes up as a copy of another. The rest of the program does not see the difference.

mod error;
mod file;
mod metadata;
mod port;

use clawlets_model::boot::Boot;

pub use error::BootError;
pub use file::BootFile;
pub use metadata::{METADATA_ADDRESS, MetadataService};
pub use port::ClaimedUserData;

use crate::{deadline::Deadline, names::Names};

/// One way to learn who the machine is.
pub trait BootSource {
    /// Waits for the identity, at most until the deadline.
    ///
    /// # Errors
    /// [`BootError`] when there is none to be had, or it makes no sense.
    fn read(&mut self, deadline: &Deadline) -> Result<Boot, BootError>;

    /// Removes what this source left on the machine. Called once the token is spent.
    ///
    /// # Errors
    /// [`BootError::File`] when it cannot be removed.
    fn forget(&mut self) -> Result<(), BootError>;

    /// What the machine should be called, as far as the source knows.
    fn names(&self) -> Names;
}
