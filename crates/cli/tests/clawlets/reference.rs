//! The generated reference, and what it is generated from.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clawlets_verbs::environment;

use crate::bench::{clawlets_in, command_in};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate lies two folders below the root")
}

/// The files below a folder, by their path under it.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).expect("it lies below the folder").to_owned());
            }
        }
    }
    found
}

#[test]
fn the_reference_is_what_the_programs_generate() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(clawlets_in(folder.path(), &["docs", "--out", "new"]).code, Some(0));
    for file in files(&folder.path().join("new")) {
        let shipped = fs::read_to_string(workspace().join("docs/reference").join(&file)).unwrap_or_default();
        let fresh = fs::read_to_string(folder.path().join("new").join(&file)).unwrap();
        assert!(shipped == fresh, "docs/reference/{} is old: run 'make docs'", file.display());
    }
}

#[test]
fn the_reference_does_not_depend_on_where_it_is_generated() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(clawlets_in(folder.path(), &["docs", "--out", "one"]).code, Some(0));
    let mut command = command_in(folder.path(), &["docs", "--out", "two"]);
    command
        .env("COLUMNS", "40")
        .env("LANG", "de_DE.UTF-8")
        .env("CLF_SOCKET", "/elsewhere")
        .env("CLICOLOR_FORCE", "1");
    assert!(command.output().unwrap().status.success());
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    assert_eq!(files(&one), files(&two));
    for file in files(&one) {
        assert_eq!(
            fs::read(one.join(&file)).unwrap(),
            fs::read(two.join(&file)).unwrap(),
            "{}",
            file.display()
        );
    }
}

/// Every word of our own prefixes that stands in quotes in the sources of our programs.
fn named_in_sources() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for crate_folder in fs::read_dir(workspace().join("crates")).expect("the workspace has crates") {
        let sources = crate_folder.expect("the folder can be read").path().join("src");
        for file in files(&sources) {
            let text = fs::read_to_string(sources.join(&file)).unwrap_or_default();
            for word in text.split('"').filter(|word| is_ours(word)) {
                found.insert(word.to_owned());
            }
        }
    }
    found
}

fn is_ours(word: &str) -> bool {
    let body = word.strip_prefix("CLAWLETS_").or_else(|| word.strip_prefix("CLF_"));
    body.is_some_and(|body| !body.is_empty() && body.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
}

#[test]
fn every_variable_that_a_program_names_is_documented() {
    let documented: BTreeSet<_> = environment::ALL.iter().map(|variable| variable.name.to_owned()).collect();
    // Variables that only tests read, or a build.
    let of_tests = ["CLAWLETS_VECTORS", "CLAWLETS_MATRIX", "CLAWLETS_SEED", "CLAWLETS_BUILD_DATE"];
    let of_tests = BTreeSet::from(of_tests.map(str::to_owned));
    let missing: Vec<_> = named_in_sources()
        .into_iter()
        .filter(|name| !documented.contains(name) && !of_tests.contains(name))
        .collect();
    assert!(missing.is_empty(), "crates/verbs/src/environment.rs lacks {missing:?}");
}
