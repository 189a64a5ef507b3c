//! Secrets bundles on this host. Each lies in a folder named by its digest and is never overwritten; which one belongs to
//! a system is said by a link of the system's name. So nothing has to be exchanged in the moment of a switch.
//!
//! ```text
//! bundles/<digest>/<secret>.yaml      ciphertext, 0400
//! systems/<name of the store path>    -> ../bundles/<digest>
//! installed                           -> bundles/<digest>, the last that was installed by hand
//! ```

mod error;
mod fetched;
mod opened;
mod shelf;
mod unpack;

pub use error::InstallError;
pub use fetched::{FetchError, Refreshed, refresh};
pub use opened::{ActivateError, Activated, Origin, activate};
pub use shelf::Shelf;
