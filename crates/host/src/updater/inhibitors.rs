//! What speaks against a live switch: parts that a running kernel cannot exchange.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_release::update::Inhibitors;

/// The parts in which two systems differ.
pub(super) fn between(running: &Path, candidate: &Path, parts: &[PathBuf]) -> Inhibitors {
    let differ = |part: &&PathBuf| content(&running.join(part)) != content(&candidate.join(part));
    let found: Vec<_> = parts.iter().filter(differ).map(|part| part.display().to_string()).collect();
    if found.is_empty() { Inhibitors::None } else { Inhibitors::Present(found) }
}

/// A link is what it leads to, a file is its bytes.
fn content(path: &Path) -> Option<Vec<u8>> {
    match fs::read_link(path) {
        Ok(target) => Some(target.into_os_string().into_encoded_bytes()),
        Err(_) => fs::read(path).ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn another_kernel_speaks_against_a_live_switch_and_another_file_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let system = |name: &str, kernel: &str, version: &str| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            symlink(kernel, path.join("kernel")).unwrap();
            fs::write(path.join("init-interface-version"), version).unwrap();
            path
        };
        let old = system("old", "/nix/store/a/bzImage", "2");
        let same = system("same", "/nix/store/a/bzImage", "2");
        let new = system("new", "/nix/store/b/bzImage", "3");
        fs::write(same.join("etc"), "other").unwrap();
        let parts = ["kernel", "init-interface-version", "absent"].map(PathBuf::from);
        assert_eq!(between(&old, &same, &parts), Inhibitors::None);
        let found = ["kernel", "init-interface-version"].map(str::to_owned).to_vec();
        assert_eq!(between(&old, &new, &parts), Inhibitors::Present(found));
    }
}
