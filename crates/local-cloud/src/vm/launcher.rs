//! The boundary between servers as the API has them and how a guest comes to be.

use async_trait::async_trait;

use super::{
    error::GuestError,
    guest_dir::GuestDir,
    pool::PoolView,
    spec::{BootFiles, GuestSpec, Machine, Origin},
    timeline::Moment,
};

/// A way to make a guest run: booted from nothing, restored from a template, or claimed from a pool.
///
/// When `launch` returns without an error, the guest's lock is held by processes that no longer depend on this one,
/// and its control socket answers. After an error nothing of the guest runs.
#[async_trait]
pub(crate) trait Launcher: Send + Sync {
    /// Makes the guest that was asked for at a moment run in `dir`, which exists. Returns how.
    async fn launch(&self, dir: &GuestDir, spec: &GuestSpec, asked: Moment) -> Result<Origin, GuestError>;

    /// Expects guests that boot these files on this machine, and none as much as these.
    fn expect(&self, boot: &BootFiles, machine: &Machine);

    /// What is kept ready.
    fn pool(&self) -> PoolView;

    /// Changes how many guests are kept ready.
    fn resize(&self, size: usize);

    /// Ends every guest that is nobody's, and makes no more of them.
    async fn close(&self);
}
