//! The boundary between servers as the API has them and how a guest comes to be.

use async_trait::async_trait;

use super::{error::GuestError, guest_dir::GuestDir, spec::GuestSpec};

/// A way to make a guest run: booted from nothing, restored from a template, or claimed from a pool.
///
/// When `launch` returns without an error, the guest's lock is held by processes that no longer depend on this one,
/// and its control socket answers. After an error nothing of the guest runs.
#[async_trait]
pub(crate) trait Launcher: Send + Sync {
    /// Makes the guest run in `dir`, which exists.
    async fn launch(&self, dir: &GuestDir, spec: &GuestSpec) -> Result<(), GuestError>;
}
