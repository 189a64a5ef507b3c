//! A host with a GitHub of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_github_stand_in::Github;
use clawlets_tests::Run;
use serde_json::Value;

pub(crate) struct Desk {
    folder: tempfile::TempDir,
    pub(crate) github: Github,
}

impl Desk {
    /// A host whose App has access to the repository `clawlets`, and whose memory is fresh.
    pub(crate) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), github: Github::start() };
        desk.write("key.pem", &desk.github.pem().pkcs1);
        fs::create_dir(desk.path("memory")).unwrap();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program, with nothing of the tester's in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("GITHUB_API_URL", self.github.api())
            .env("CLAWLETS_MEMORY_ROOT", self.path("memory"))
            .env_remove("GITHUB_TOKEN");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }

    /// The arguments of a mint by flags alone.
    pub(crate) fn mint_arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let mut arguments = vec!["github-token", "mint", "--app-id", "4711", "--installation-id", "815"];
        arguments.extend(["--private-key-file", "key.pem", "--repo", "clawlets", "--out", "run/github.env"]);
        arguments.extend(["--permission", "contents=read", "--permission", "issues=read"]);
        arguments.extend(more);
        arguments
    }

    pub(crate) fn mint(&self, more: &[&str]) -> Run {
        self.run(&Self::mint_arguments(more))
    }

    /// Reads everything that is open, with a token that opens all of it.
    pub(crate) fn sync(&self, more: &[&str]) -> Run {
        let mut arguments = vec!["github-sync", "run", "--state", "state", "--token-file", "token"];
        arguments.extend(more);
        self.run(&arguments)
    }

    /// As [`Self::sync`], with the report.
    pub(crate) fn report(&self, more: &[&str]) -> Value {
        self.sync(&[more, &["--json"]].concat()).json()
    }

    pub(crate) fn pull_requests(&self) -> String {
        self.read("memory/github/prs.md")
    }

    pub(crate) fn issues(&self) -> String {
        self.read("memory/github/issues.md")
    }

    /// The token in a file of variables.
    pub(crate) fn token(path: &Path) -> String {
        let text = fs::read_to_string(path).unwrap();
        text.lines().find_map(|line| line.strip_prefix("GITHUB_TOKEN=")).unwrap().to_owned()
    }
}
