//! The system image `clawlets-cattle`: a Debian cloud kernel, and an initial file system with the guest program in it.
//!
//! The kernel is downloaded as a package and unpacked into a cache, never installed. The file system holds the guest
//! program as `/init`, a static busybox, and the kernel modules that a guest needs, listed in `/etc/clawlets/modules`
//! in the order in which they must be loaded. The same inputs give the same bytes.
//!
//! Nothing here knows servers or the API.

mod build;
mod cpio;
mod error;
mod files;
mod kernel;
mod manifest;
mod modules;
mod package;
mod tools;
mod vmlinux;

pub use build::{ImageRequest, ImageStep, build_image};
pub use error::ImageError;
pub use manifest::{IMAGE_NAME, SystemImage};
