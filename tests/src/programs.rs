//! Where the built programs are.

use std::path::{Path, PathBuf};

/// The root of the workspace.
#[must_use]
pub fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies below the workspace's root")
}

/// The folder that cargo builds programs into. Tests lie in a folder in it, programs in the folder itself.
fn build_folder() -> PathBuf {
    let running = std::env::current_exe().expect("a running program has a path");
    let folder = running.parent().expect("a program lies in a folder");
    let is_test = folder.file_name().is_some_and(|name| name == "deps");
    let build = if is_test { folder.parent() } else { Some(folder) };
    build.expect("tests lie in <target>/<profile>/deps").to_owned()
}

/// The path of one of our programs, such as `clawlets`. `make test` builds them before it runs the tests.
///
/// # Panics
/// When the program was not built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let path = build_folder().join(name);
    assert!(path.exists(), "{} is missing: run 'make build' first", path.display());
    path
}

/// The path of the static guest program.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn guest_program() -> PathBuf {
    program("guest/clawlets-cattle")
}
