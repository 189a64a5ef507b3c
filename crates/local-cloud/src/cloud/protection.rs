//! What must not be done to a resource until the protection is lifted.

use serde::{Deserialize, Serialize};

/// The protections of a server; an image has only the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Protection {
    pub(crate) delete: bool,
    pub(crate) rebuild: bool,
}

/// A change of some protections; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProtectionChange {
    pub(crate) delete: Option<bool>,
    pub(crate) rebuild: Option<bool>,
}

impl Protection {
    pub(crate) fn changed(self, change: ProtectionChange) -> Self {
        Self { delete: change.delete.unwrap_or(self.delete), rebuild: change.rebuild.unwrap_or(self.rebuild) }
    }
}
