//! The release matrix: whatever is wrong with a release or with a mirror, the real program refuses it, names the reason,
//! and changes nothing.
//!
//! Attacks on the form of a document are folders of `crates/release/testdata/attacks`: one bad document, and the refusal
//! that it must meet. All others are folders of `testdata/attacks` here: a story of what mirrors serve, and of what the
//! host must make of it. Each has a test of its name, and a folder without one is a failure.

mod as_it_was;
mod served;
mod story;
mod told;

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_release::trust::Refusal;

use self::story::Step;

macro_rules! named_tests {
    ($names:ident, $tell:path: $($name:ident)+) => {
        const $names: &[&str] = &[$(stringify!($name)),+];
        $(#[test]
        fn $name() {
            $tell(stringify!($name));
        })+
    };
}

mod documents;
mod stories;

fn of_documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../release/testdata/attacks")
}

fn of_stories() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/attacks")
}

/// Every folder has a test of its name.
fn all_have_tests(folder: &Path, names: &[&str]) {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    found.sort();
    let found: Vec<_> = found.iter().map(|name| name.to_str().unwrap().replace('-', "_")).collect();
    let mut names = names.to_vec();
    names.sort_unstable();
    assert_eq!(found, names, "the folders in {}, and the tests", folder.display());
}

#[test]
fn every_refusal_is_in_the_guide() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/what-is-refused.md");
    let guide = fs::read_to_string(guide).unwrap();
    let first_cells = guide.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let listed: String = first_cells.collect();
    let missing: Vec<_> =
        Refusal::CODES.iter().filter(|code| !listed.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "docs/guide/what-is-refused.md lacks {missing:?}");
}
