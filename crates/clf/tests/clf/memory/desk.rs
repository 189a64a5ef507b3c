//! A memory of its own for each test.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use clawlets_stand_in::{Ran, program};
use tempfile::TempDir;

/// A folder with an empty memory in it.
pub(super) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("memory")).unwrap();
        Self { folder }
    }

    /// The folder around the memory.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A place in the memory.
    pub(super) fn place(&self, path: &str) -> PathBuf {
        self.folder.path().join("memory").join(path)
    }

    /// `clf memory` with these arguments.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(env!("CARGO_BIN_EXE_clf"), self.folder.path());
        command.arg("memory").args(arguments).env("CLAWLETS_MEMORY_ROOT", self.place(""));
        command
    }

    /// Runs `clf memory` to its end.
    pub(super) fn clf(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments))
    }

    /// As [`Self::clf`], with something on standard input.
    pub(super) fn given(&self, input: &[u8], arguments: &[&str]) -> Ran {
        let mut child = self.started(arguments);
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// Starts `clf memory`, with pipes for its streams.
    pub(super) fn started(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// What a file holds, read without the program.
    pub(super) fn content(&self, path: &str) -> String {
        fs::read_to_string(self.place(path)).unwrap()
    }

    /// Puts a file there without the program.
    pub(super) fn put(&self, path: &str, content: &str) {
        let place = self.place(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, content).unwrap();
    }

    /// Every name in the memory, the hidden ones included.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        collect(&self.place(""), "", &mut names);
        names.sort();
        names
    }
}

fn collect(folder: &Path, at: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{at}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), names);
        } else {
            names.push(name);
        }
    }
}

/// How a run ended: its exit code, and the last word of its fault's code.
pub(super) fn ended(ran: &Ran) -> (Option<i32>, String) {
    (ran.code, ran.fault().rsplit("::").next().unwrap().to_owned())
}

/// Holds a run against an exit code and a fault.
macro_rules! refused {
    ($ran:expr, $code:literal, $fault:literal) => {{
        let ran = &$ran;
        assert_eq!(crate::memory::desk::ended(ran), (Some($code), $fault.to_owned()), "{ran}");
    }};
}
pub(super) use refused;
