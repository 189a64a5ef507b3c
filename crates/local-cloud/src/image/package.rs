//! The kernel as a package of Debian.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{error::ImageError, tools::run};

/// A package by its exact name and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
}

/// The kernel package on which the meta package `meta` depends, according to apt's lists on this machine. `None` if
/// apt does not know it.
pub(super) fn find(meta: &str) -> Result<Option<Package>, ImageError> {
    let shown =
        run(Command::new("apt-cache").args(["show", "--no-all-versions", meta]), "find the kernel package");
    match shown {
        Ok(text) => Ok(kernel_dependency(&String::from_utf8_lossy(&text))),
        Err(ImageError::ToolFailed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The dependency and the version in the description of a meta package.
fn kernel_dependency(description: &str) -> Option<Package> {
    let field = |name: &str| description.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let name = field("Depends:")?.split(',').find_map(|one| {
        let name = one.split_whitespace().next()?;
        name.starts_with("linux-image-").then(|| name.to_owned())
    })?;
    Some(Package { name, version: field("Version:")?.to_owned() })
}

impl Package {
    /// Downloads the package into `dir`, which is empty, and unpacks it there. Returns where its files are.
    pub(super) fn unpack_into(&self, dir: &Path) -> Result<PathBuf, ImageError> {
        let exact = format!("{}={}", self.name, self.version);
        run(
            Command::new("apt-get").args(["download", &exact]).current_dir(dir),
            "download the kernel package",
        )?;
        let entries = fs::read_dir(dir).map_err(ImageError::file("list", dir))?;
        let archive = entries
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|extension| extension == "deb"));
        let archive = archive.ok_or_else(|| ImageError::ToolFailed {
            program: "apt-get".to_owned(),
            purpose: "download the kernel package",
            message: format!("{exact} was not written"),
        })?;
        let tree = dir.join("tree");
        run(Command::new("dpkg").arg("-x").args([&archive, &tree]), "unpack the kernel package")?;
        Ok(tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_what_the_meta_package_depends_on() {
        let description = "Package: linux-image-cloud-amd64\nVersion: 6.1.192-2\n\
                           Depends: linux-base, linux-image-6.1.0-56-cloud-amd64 (= 6.1.192-2)\n";
        let expected =
            Package { name: "linux-image-6.1.0-56-cloud-amd64".to_owned(), version: "6.1.192-2".to_owned() };
        assert_eq!(kernel_dependency(description), Some(expected));
        assert_eq!(kernel_dependency("Package: x\nVersion: 1\nDepends: libc6\n"), None);
    }
}
