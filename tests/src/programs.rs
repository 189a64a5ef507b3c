//! Where the built programs are.

use std::path::{Path, PathBuf};

/// The root of the workspace.
#[must_use]
pub fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies below the workspace's root")
}

/// The folder that cargo builds programs into: the grandparent of the running test.
fn build_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a path");
    test.ancestors().nth(2).expect("tests lie in <target>/<profile>/deps").to_owned()
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
