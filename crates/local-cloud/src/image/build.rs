//! Building the image, if anything that it is made of has changed.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};

use super::{cpio, error::ImageError, files, kernel, manifest::SystemImage, tools::run};

/// Raised when the same inputs make another image.
const FORMAT: &str = "clawlets-image-2";
/// How many images are kept beside the newest, for servers that were made from them.
const KEPT: usize = 3;

/// What an image is made of.
#[derive(Clone, Debug)]
pub struct ImageRequest {
    /// The guest program, a static executable. It becomes `/init`.
    pub init: PathBuf,
    /// Where kernels and images are kept.
    pub cache_dir: PathBuf,
    /// A static busybox.
    pub busybox: PathBuf,
    /// The meta package that depends on the newest kernel.
    pub kernel_package: String,
    /// Whether the guest program waits for its identity when it is told to ([`SystemImage::parks`]).
    pub parks: bool,
}

/// How far a build is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageStep {
    /// The kernel is not in the cache yet.
    DownloadingKernel {
        /// The package.
        package: String,
        /// Its version.
        version: String,
    },
    /// The kernel and its modules are being taken out of the package.
    UnpackingKernel,
    /// The initial file system is being written.
    WritingFileSystem,
    /// Nothing has changed since the image was built.
    UpToDate,
}

impl ImageRequest {
    /// An image with the given guest program, from Debian's cloud kernel and busybox. The program is taken for one that
    /// does not park.
    #[must_use]
    pub fn new(init: PathBuf, cache_dir: PathBuf) -> Self {
        Self {
            init,
            cache_dir,
            busybox: PathBuf::from("/bin/busybox"),
            kernel_package: "linux-image-cloud-amd64".to_owned(),
            parks: false,
        }
    }
}

/// Builds the system image, or finds that it is up to date. Blocks; the first time it downloads some 25 MB.
///
/// # Errors
/// [`ImageError`]; a build that failed leaves the image before it untouched.
pub fn build_image(
    request: &ImageRequest,
    progress: &mut dyn FnMut(ImageStep),
) -> Result<SystemImage, ImageError> {
    let cache_dir =
        std::path::absolute(&request.cache_dir).map_err(ImageError::file("find", &request.cache_dir))?;
    let read = |path: &Path| fs::read(path).map_err(ImageError::file("read", path));
    let (init, busybox) = (read(&request.init)?, read(&request.busybox)?);
    let kernel = kernel::obtain(&cache_dir, &request.kernel_package, progress)?;
    let digest = digest(request, &init, &busybox, &kernel);
    let manifest = SystemImage::manifest_path(&cache_dir);
    if let Some(image) = up_to_date(&manifest, &digest) {
        progress(ImageStep::UpToDate);
        return Ok(image);
    }
    progress(ImageStep::WritingFileSystem);
    let applets = run(Command::new(&request.busybox).arg("--list"), "list the commands of busybox")?;
    let applets: Vec<String> = String::from_utf8_lossy(&applets).lines().map(str::to_owned).collect();
    let inputs =
        files::Inputs { init: &init, busybox: &busybox, applets: &applets, modules: &kernel.modules };
    let folder = manifest.with_file_name(&digest[..16]);
    fs::create_dir_all(&folder).map_err(ImageError::file("create", &folder))?;
    let initramfs = folder.join("initramfs");
    write(&initramfs, &cpio::archive(files::entries(inputs)))?;
    let image = SystemImage {
        parks: request.parks,
        ..SystemImage::new(kernel.vmlinux, initramfs, kernel.version, digest)
    };
    let text = serde_json::to_vec_pretty(&image).expect("a description has string keys only");
    write(&manifest, &text)?;
    forget_old_images(&manifest, &folder);
    Ok(image)
}

fn up_to_date(manifest: &Path, digest: &str) -> Option<SystemImage> {
    let image = SystemImage::read(manifest).ok()?;
    (image.digest == digest && image.kernel.is_file() && image.initramfs.is_file()).then_some(image)
}

fn digest(request: &ImageRequest, init: &[u8], busybox: &[u8], kernel: &kernel::Kernel) -> String {
    let mut all = Sha256::new();
    let mut add = |name: &str, bytes: &[u8]| {
        all.update(format!("{name} {}\n", bytes.len()));
        all.update(bytes);
    };
    add(FORMAT, &[u8::from(request.parks)]);
    add("init", init);
    add("busybox", busybox);
    add("kernel", kernel.version.as_bytes());
    for module in &kernel.modules {
        add(&module.name, &module.bytes);
    }
    hex::encode(all.finalize())
}

/// Replaces a file as a whole; everybody may read it.
fn write(path: &Path, bytes: &[u8]) -> Result<(), ImageError> {
    let failed = || ImageError::file("write", path);
    let dir = path.parent().unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o644)).tempfile_in(dir);
    let file = file.map_err(failed())?;
    fs::write(file.path(), bytes).map_err(failed())?;
    file.as_file().sync_all().map_err(failed())?;
    file.persist(path).map(drop).map_err(|error| failed()(error.error))
}

/// Removes all but the newest few image folders. One that cannot be removed stays.
fn forget_old_images(manifest: &Path, current: &Path) {
    let Some(entries) = manifest.parent().and_then(|dir| fs::read_dir(dir).ok()) else { return };
    let mut folders: Vec<_> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            Some((entry.metadata().and_then(|metadata| metadata.modified()).ok()?, entry.path()))
        })
        .filter(|(_, path)| path.is_dir() && path != current)
        .collect();
    folders.sort();
    for (_, path) in folders.iter().rev().skip(KEPT) {
        if let Err(error) = fs::remove_dir_all(path) {
            tracing::debug!(path = %path.display(), %error, "failed to remove an old image");
        }
    }
}
