//! What several tests need: keys, files, and the programs that are asked for their opinion.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_secrets::AgeIdentity;

/// A moment for files that are written.
pub(crate) const NOW: &str = "2026-11-21T08:00:00Z";

pub(crate) fn now() -> jiff::Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// The throw-away key of the vectors. It is stored in hexadecimal, so that no file looks like a key.
pub(crate) fn vector_key(number: u8) -> AgeIdentity {
    let path = testdata().join(format!("sops/throwaway-key-{number}.hex"));
    let digits: String = fs::read_to_string(path).unwrap().split_whitespace().collect();
    let text = String::from_utf8(hex::decode(digits).unwrap()).unwrap();
    AgeIdentity::parse_file(&text).unwrap().remove(0)
}

/// Says that a test does not run here, in the form that `make test` counts.
pub(crate) fn skip(test: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}

/// A program in `PATH`, or in the folder of Python programs that `scripts/setup --tests` makes. In CI it must be there.
pub(crate) fn find(program: &str, test: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map_or_else(PathBuf::new, PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let venv = std::env::var_os("CLAWLETS_VENV").map_or_else(|| cache.join("clawlets/venv"), PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(venv.join("bin")).chain(std::env::split_paths(&path));
    let found = folders.map(|folder| folder.join(program)).find(|path| path.is_file());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{program} is missing: run scripts/setup --tests");
        skip(test, &format!("{program} is not installed; scripts/setup --tests installs it"));
    }
    found
}

/// Runs a program to its end and gives what it prints, or what it complains about.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
