//! The kernel modules that a guest needs, in the order in which they can be loaded.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{error::ImageError, vmlinux::unpack_with};

/// What a guest needs beyond what is built in: its bus, network, consoles, random numbers, and layered file systems.
pub(super) const NEEDED: [&str; 5] = ["virtio_pci", "virtio_net", "virtio_console", "virtio_rng", "overlay"];

/// One module, uncompressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// The modules below `tree` (a `lib/modules/<release>` folder) that `needed` asks for, each behind those it depends
/// on. Modules that are built into the kernel are left out.
pub(super) fn collect(tree: &Path, version: &str, needed: &[&str]) -> Result<Vec<Module>, ImageError> {
    let mut files = BTreeMap::new();
    find_files(tree, &mut files)?;
    let built_in = fs::read_to_string(tree.join("modules.builtin")).unwrap_or_default();
    let built_in: Vec<String> = built_in.lines().filter_map(|line| module_name(Path::new(line))).collect();
    let mut collection = Collection { files, built_in, version, modules: Vec::new() };
    for name in needed {
        collection.add(name)?;
    }
    Ok(collection.modules)
}

struct Collection<'a> {
    files: BTreeMap<String, PathBuf>,
    built_in: Vec<String>,
    version: &'a str,
    modules: Vec<Module>,
}

impl Collection<'_> {
    fn add(&mut self, name: &str) -> Result<(), ImageError> {
        let is_there = self.modules.iter().any(|module| module.name == name);
        if is_there || self.built_in.iter().any(|built_in| built_in == name) {
            return Ok(());
        }
        // Taken out, so that a circle of dependencies ends as a missing module.
        let path = self.files.remove(name).ok_or_else(|| ImageError::NoModule {
            module: name.to_owned(),
            version: self.version.to_owned(),
        })?;
        let bytes = read(&path)?;
        for dependency in dependencies(&bytes) {
            self.add(&dependency)?;
        }
        self.modules.push(Module { name: name.to_owned(), bytes });
        Ok(())
    }
}

fn find_files(dir: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<(), ImageError> {
    for entry in fs::read_dir(dir).map_err(ImageError::file("list", dir))? {
        let path = entry.map_err(ImageError::file("list", dir))?.path();
        // Packages may hold links out of the tree; a folder is followed only if it is one.
        if path.is_dir() && !path.is_symlink() {
            find_files(&path, files)?;
        } else if let Some(name) = module_name(&path) {
            files.insert(name, path);
        }
    }
    Ok(())
}

/// The name of the module in a file, in the kernel's spelling: `virtio-rng.ko.xz` is `virtio_rng`.
fn module_name(path: &Path) -> Option<String> {
    let (stem, _compression) = path.file_name()?.to_str()?.split_once(".ko")?;
    Some(stem.replace('-', "_"))
}

fn read(path: &Path) -> Result<Vec<u8>, ImageError> {
    let bytes = fs::read(path).map_err(ImageError::file("read", path))?;
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("xz") => unpack_with("xz", &bytes),
        Some("zst") => unpack_with("zstd", &bytes),
        Some("gz") => unpack_with("gzip", &bytes),
        Some(_) | None => Ok(bytes),
    }
}

/// The names in the `depends=` entry of a module's description, which is a list of texts that end in a zero byte.
fn dependencies(module: &[u8]) -> Vec<String> {
    const KEY: &[u8] = b"\0depends=";
    let Some(at) = module.windows(KEY.len()).position(|window| window == KEY) else { return Vec::new() };
    let value = module[at + KEY.len()..].split(|byte| *byte == 0).next().unwrap_or_default();
    let names = String::from_utf8_lossy(value);
    names.split(',').filter(|name| !name.is_empty()).map(|name| name.replace('-', "_")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(modules: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("kernel")).unwrap();
        for (file, depends) in modules {
            let text = format!("\x7FELF\0license=GPL\0depends={depends}\0name=x\0");
            fs::write(dir.path().join("kernel").join(file), text).unwrap();
        }
        fs::write(dir.path().join("modules.builtin"), "kernel/lib/crc-16.ko\n").unwrap();
        dir
    }

    #[test]
    fn every_module_comes_after_those_it_depends_on() {
        let dir = tree(&[
            ("virtio.ko", "virtio_ring"),
            ("virtio_ring.ko", ""),
            ("virtio-rng.ko", "virtio,virtio_ring,crc16"),
            ("unused.ko", ""),
        ]);
        fs::write(dir.path().join("modules.builtin"), "kernel/lib/crc16.ko\n").unwrap();
        let modules = collect(dir.path(), "6.1", &["virtio_rng", "virtio", "crc16"]).unwrap();
        let names: Vec<&str> = modules.iter().map(|module| module.name.as_str()).collect();
        assert_eq!(names, ["virtio_ring", "virtio", "virtio_rng"]);
    }

    #[test]
    fn a_missing_module_and_a_circle_are_errors() {
        let dir = tree(&[("a.ko", "b"), ("b.ko", "a"), ("c.ko", "d")]);
        for name in ["a", "c", "e"] {
            assert!(
                matches!(collect(dir.path(), "6.1", &[name]), Err(ImageError::NoModule { .. })),
                "{name}"
            );
        }
    }
}
