//! How many VMs there may be at once, and for whom.

use std::{collections::BTreeMap, fmt, sync::Arc};

use clawlets_model::Requester;

use super::budget::{Charge, Overdraft};

/// The caps on VMs that exist or may exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caps {
    /// For everybody together.
    pub max_instances: u32,
    /// For single requesters. One who is not named has no cap of his own.
    pub max_active: BTreeMap<Requester, u32>,
}

/// What is known about room at the provider when a decision is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Room {
    /// The caps.
    pub caps: Arc<Caps>,
    /// VMs at the provider that count towards `max_instances` and that no job of this store owns.
    pub others_live: u32,
    /// What the VM may cost; none when nobody counts money.
    pub charge: Option<Charge>,
}

/// What leaves no room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Full {
    /// A cap on VMs. Room comes back when one of them goes.
    Places {
        /// Which cap.
        cap: Cap,
        /// How many VMs count towards it.
        live: u32,
        /// How many it allows.
        limit: u32,
    },
    /// A budget. Nobody waits for another month.
    Money(Overdraft),
}

/// Which cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cap {
    /// [`Caps::max_instances`].
    Instances,
    /// The requester's part of [`Caps::max_active`].
    Active(Requester),
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Places { cap: Cap::Instances, live, limit } => {
                write!(f, "maxInstances reached ({live}/{limit})")
            }
            Self::Places { cap: Cap::Active(requester), live, limit } => {
                write!(f, "maxActive of {requester} reached ({live}/{limit})")
            }
            Self::Money(overdraft) => overdraft.fmt(f),
        }
    }
}

impl Room {
    /// Whether one more VM fits for `requester`, who has `own` of the `total` VMs of this store.
    ///
    /// # Errors
    /// The cap that forbids it.
    pub fn admit(&self, requester: &Requester, own: u32, total: u32) -> Result<(), Full> {
        let live = total.saturating_add(self.others_live);
        if live >= self.caps.max_instances {
            return Err(Full::Places { cap: Cap::Instances, live, limit: self.caps.max_instances });
        }
        match self.caps.max_active.get(requester) {
            Some(limit) if own >= *limit => {
                Err(Full::Places { cap: Cap::Active(requester.clone()), live: own, limit: *limit })
            }
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_cap_that_is_reached_is_named() {
        let bot = Requester::parse("maren").unwrap();
        let caps = Arc::new(Caps { max_instances: 10, max_active: BTreeMap::from([(bot.clone(), 2)]) });
        let full = |others_live, own, total| {
            let room = Room { caps: Arc::clone(&caps), others_live, charge: None };
            room.admit(&bot, own, total).err().map(|full| full.to_string())
        };
        assert_eq!(full(0, 1, 9), None);
        assert_eq!(full(0, 1, 10).as_deref(), Some("maxInstances reached (10/10)"));
        assert_eq!(full(3, 1, 8).as_deref(), Some("maxInstances reached (11/10)"));
        assert_eq!(full(0, 2, 2).as_deref(), Some("maxActive of maren reached (2/2)"));
    }
}
