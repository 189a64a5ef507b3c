//! Which guests get which relays.

use serde::{Deserialize, Serialize};

use super::{document::Document, selector::Selector};
use crate::vm::Relay;

/// A relay for every server whose labels match a selector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RelayRule {
    pub(crate) id: u64,
    pub(crate) selector: Selector,
    pub(crate) relay: Relay,
}

impl Document for RelayRule {
    const KIND: &'static str = "relay";

    fn id(&self) -> u64 {
        self.id
    }
}
