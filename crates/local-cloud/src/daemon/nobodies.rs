//! Guests that are nobody's: templates being made, and entries of the pool.

use crate::{error::Error, state_dir::StateDir};

/// Ends every one of them, whoever made it, and removes what is left. Only the holder of the daemon's lock may do that.
///
/// They end with the daemon that made them anyway; a daemon that was killed leaves their directories behind, and may leave
/// one that had just been started.
pub(super) fn end_nobodies(state: &StateDir) -> Result<(), Error> {
    for guest in state.nobodies()? {
        guest.end()?;
        guest.remove()?;
    }
    Ok(())
}
