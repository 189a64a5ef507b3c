//! Kernels in the cache: unpacked once per version.
//!
//! ```text
//! kernels/<version>/vmlinux
//! kernels/<version>/modules/NN-<name>.ko      numbered in the order of loading
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    build::ImageStep,
    error::ImageError,
    modules::{self, Module},
    package::{self, Package},
    vmlinux,
};

/// A kernel that guests can boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kernel {
    pub(super) version: String,
    pub(super) vmlinux: PathBuf,
    /// In the order in which they must be loaded.
    pub(super) modules: Vec<Module>,
}

/// The newest kernel that `package` stands for: out of the cache if it is there, else downloaded. When apt does not
/// know the package, the newest kernel in the cache will do.
pub(super) fn obtain(
    cache_dir: &Path,
    meta_package: &str,
    progress: &mut dyn FnMut(ImageStep),
) -> Result<Kernel, ImageError> {
    let kernels = cache_dir.join("kernels");
    fs::create_dir_all(&kernels).map_err(ImageError::file("create", &kernels))?;
    let Some(package) = package::find(meta_package)? else {
        let version = newest(&kernels).ok_or_else(|| ImageError::NoKernel {
            package: meta_package.to_owned(),
            cache: kernels.clone(),
        })?;
        return load(&kernels, &version);
    };
    if !kernels.join(&package.version).is_dir() {
        unpack(&package, &kernels, progress)?;
    }
    load(&kernels, &package.version)
}

fn newest(kernels: &Path) -> Option<String> {
    let entries = fs::read_dir(kernels).ok()?.filter_map(Result::ok);
    let dated = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let changed = entry.metadata().and_then(|metadata| metadata.modified()).ok()?;
        (!name.starts_with('.')).then_some((changed, name))
    });
    dated.max().map(|(_, name)| name)
}

fn load(kernels: &Path, version: &str) -> Result<Kernel, ImageError> {
    let folder = kernels.join(version).join("modules");
    let entries = fs::read_dir(&folder).map_err(ImageError::file("list", &folder))?;
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    let mut modules = Vec::new();
    for file in files {
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let name = stem.split_once('-').map_or(stem, |(_number, name)| name).to_owned();
        modules.push(Module { name, bytes: fs::read(&file).map_err(ImageError::file("read", &file))? });
    }
    Ok(Kernel { version: version.to_owned(), vmlinux: kernels.join(version).join("vmlinux"), modules })
}

/// Makes the folder of a version: beside it first, so that a half-made one is never taken for a kernel.
fn unpack(package: &Package, kernels: &Path, progress: &mut dyn FnMut(ImageStep)) -> Result<(), ImageError> {
    let work = tempfile::Builder::new().prefix(".new-").tempdir_in(kernels);
    let work = work.map_err(ImageError::file("create a folder in", kernels))?;
    progress(ImageStep::DownloadingKernel {
        package: package.name.clone(),
        version: package.version.clone(),
    });
    let tree = package.unpack_into(work.path())?;
    progress(ImageStep::UnpackingKernel);
    let made = work.path().join("made");
    fs::create_dir_all(made.join("modules")).map_err(ImageError::file("create", &made))?;
    let vmlinuz = only_entry(&tree.join("boot"), "vmlinuz-")?;
    let packed = fs::read(&vmlinuz).map_err(ImageError::file("read", &vmlinuz))?;
    write(&made.join("vmlinux"), &vmlinux::unpack(&packed, &vmlinuz)?)?;
    let libraries = ["usr/lib/modules", "lib/modules"].map(|path| tree.join(path));
    let release = libraries.iter().find(|path| path.is_dir()).unwrap_or(&libraries[0]);
    let release = only_entry(release, "")?;
    for (number, module) in modules::collect(&release, &package.version, &modules::NEEDED)?.iter().enumerate()
    {
        write(&made.join("modules").join(format!("{number:02}-{}.ko", module.name)), &module.bytes)?;
    }
    let done = kernels.join(&package.version);
    fs::rename(&made, &done).map_err(ImageError::file("finish", &done))
}

fn only_entry(dir: &Path, prefix: &str) -> Result<PathBuf, ImageError> {
    let entries = fs::read_dir(dir).map_err(ImageError::file("list", dir))?;
    let mut paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let is_meant = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(prefix))
    };
    let found = paths.find(is_meant);
    found.ok_or_else(|| ImageError::Kernel {
        path: dir.to_path_buf(),
        reason: format!("it holds no {prefix}*"),
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ImageError> {
    fs::write(path, bytes).map_err(ImageError::file("write", path))
}
