//! The ways in which a guest comes to be.

use super::cloud::LocalCloud;
use crate::scale::Scale;

/// A way in which a guest comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Birth {
    /// A kernel boots.
    Cold,
    /// A template is copied.
    Clone,
    /// A copy that was made before is woken.
    Pool,
}

impl Birth {
    /// Every way.
    pub(super) const ALL: [Self; 3] = [Self::Cold, Self::Clone, Self::Pool];

    /// The word by which the local cloud tells how a guest came to be.
    pub(super) const fn way(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Clone => "clone",
            Self::Pool => "pool",
        }
    }

    /// What `local up` is told so that guests come to be in this way.
    pub(super) fn up(self, scale: &Scale) -> String {
        match self {
            Self::Cold => "--cold".to_owned(),
            Self::Clone => "--pool=0".to_owned(),
            // As many as are wanted at once.
            Self::Pool => format!("--pool={}", scale.spawns_at_once),
        }
    }

    /// Waits until no guest is left and the next one will come to be in this way.
    pub(super) async fn is_ready(self, cloud: &LocalCloud) {
        cloud.is_empty().await;
        match self {
            Self::Cold => {}
            Self::Clone => {
                cloud.until(|pool| pool.templates > 0 && pool.fresh > 0, "there is a template").await;
            }
            Self::Pool => {
                cloud.until(|pool| pool.parked > 0 && pool.parked >= pool.size, "the pool is full").await;
            }
        }
    }
}
