//! A group of this machine.

use thiserror::Error;

/// A group that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    id: u32,
}

/// There is no such group.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no group {0:?} on this machine")]
pub struct UnknownGroup(String);

impl Group {
    /// Finds a group by its name or number.
    ///
    /// # Errors
    /// [`UnknownGroup`].
    pub fn find(name: &str) -> Result<Self, UnknownGroup> {
        if let Ok(id) = name.parse() {
            return Ok(Self { id });
        }
        let found = nix::unistd::Group::from_name(name).ok().flatten();
        found.map(|group| Self { id: group.gid.as_raw() }).ok_or_else(|| UnknownGroup(name.to_owned()))
    }

    pub(super) const fn id(&self) -> u32 {
        self.id
    }
}
