//! Guests booted from nothing: a shim is started, and the shim starts QEMU with a kernel and an initial file system.

use super::{
    error::GuestError,
    guest_dir::GuestDir,
    shim_process::ShimCommand,
    spec::{Birth, GuestSpec},
};

/// Boots the guest in `dir`.
pub(super) async fn boot(shim: &ShimCommand, dir: &GuestDir, spec: &GuestSpec) -> Result<(), GuestError> {
    let spec = GuestSpec { birth: Birth::Boot, ..spec.clone() };
    shim.start(dir, &spec, Vec::new()).await
}
