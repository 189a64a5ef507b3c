//! What the first process of a machine does before anything else works: file systems, drivers, network, and closing what
//! no task needs.
//!
//! Only the local guest needs this; other images have an init of their own.

mod doors;
mod error;
mod first;
mod modules;
mod mounts;
pub mod network;

pub use error::InitError;
pub use first::is_first_process;
pub use mounts::renew as renew_file_systems;

use crate::layout::Layout;

/// Makes an empty machine habitable. Does nothing but fail in any other place than a machine whose first process this is.
///
/// # Errors
/// [`InitError`] names the step that failed.
pub fn make_habitable(layout: &Layout) -> Result<(), InitError> {
    if !is_first_process() {
        return Err(InitError::NotFirst);
    }
    mounts::mount_proc(layout)?;
    if !first::is_in_initial_namespace() {
        mounts::unmount_proc(layout);
        return Err(InitError::NotFirst);
    }
    mounts::close_root(layout)?;
    mounts::mount_all(layout)?;
    modules::load_all(&layout.modules())?;
    doors::close(layout.root())?;
    network::configure()
}
