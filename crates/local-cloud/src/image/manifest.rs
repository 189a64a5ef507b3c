//! `image.json`: what an image is and where its files are.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_model::{LabelKey, LabelValue, label::Labels};
use serde::{Deserialize, Serialize};

use super::error::ImageError;
use crate::cloud::SystemImageFiles;

/// The name of the image that [`super::build_image`] makes.
pub const IMAGE_NAME: &str = "clawlets-cattle";

/// A system image on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemImage {
    /// By which it is ordered.
    pub name: String,
    /// For people.
    pub description: String,
    /// By which it is found: `clawlets/image=cattle`.
    pub labels: Labels,
    /// The unpacked kernel.
    pub kernel: PathBuf,
    /// The initial file system.
    pub initramfs: PathBuf,
    /// The kernel's package version.
    pub kernel_version: String,
    /// SHA-256 over everything that the image was made of, in hex.
    pub digest: String,
    /// Whether the guest program waits for its identity when the kernel's command line tells it to, so that guests can be
    /// copied. One that only says so costs some time: guests are booted once the first template did not park.
    #[serde(default)]
    pub parks: bool,
}

impl SystemImage {
    /// Where the description of the newest image is, below a cache directory.
    #[must_use]
    pub fn manifest_path(cache_dir: &Path) -> PathBuf {
        cache_dir.join("images").join(IMAGE_NAME).join("image.json")
    }

    /// Reads a description.
    ///
    /// # Errors
    /// [`ImageError::File`] and [`ImageError::Manifest`].
    pub fn read(path: &Path) -> Result<Self, ImageError> {
        let bytes = fs::read(path).map_err(ImageError::file("read", path))?;
        serde_json::from_slice(&bytes)
            .map_err(|source| ImageError::Manifest { path: path.to_path_buf(), source })
    }

    /// An image of these files whose guest program does not park.
    pub(super) fn new(kernel: PathBuf, initramfs: PathBuf, kernel_version: String, digest: String) -> Self {
        let key = LabelKey::parse("clawlets/image").expect("a constant that follows the grammar");
        let value = LabelValue::parse("cattle").expect("a constant that follows the grammar");
        Self {
            name: IMAGE_NAME.to_owned(),
            description: format!("Clawlets cattle, Linux {kernel_version}"),
            labels: Labels::from([(key, value)]),
            kernel,
            initramfs,
            kernel_version,
            digest,
            parks: false,
        }
    }
}

impl From<SystemImage> for SystemImageFiles {
    fn from(image: SystemImage) -> Self {
        let SystemImage { name, description, labels, kernel, initramfs, kernel_version, digest, parks } =
            image;
        Self { name, description, labels, kernel, initramfs, kernel_version, digest, parks }
    }
}
