//! The ways in which a guest comes to be.

use super::cloud::LocalCloud;

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
    pub(super) const fn up(self) -> &'static [&'static str] {
        match self {
            Self::Cold => &["--cold"],
            Self::Clone => &["--pool=0"],
            Self::Pool => &["--pool=12"],
        }
    }

    /// Waits until no guest is left and the next one will come to be in this way.
    pub(super) async fn is_ready(self, cloud: &LocalCloud) {
        cloud.is_empty().await;
        match self {
            Self::Cold => {}
            Self::Clone => cloud.until(|pool| pool.templates > 0, "there is a template").await,
            Self::Pool => {
                cloud.until(|pool| pool.parked > 0 && pool.parked >= pool.size, "the pool is full").await;
            }
        }
    }
}
