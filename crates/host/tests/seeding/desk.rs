//! A host, and a server with repositories.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_github_stand_in::GitServer;
use clawlets_tests::Run;

/// What opens the repositories.
pub(crate) const TOKEN: &str = "made-up-token-of-the-host";

pub(crate) struct Desk {
    folder: tempfile::TempDir,
    pub(crate) server: GitServer,
}

impl Desk {
    /// A host without copies, and a server with the repositories `site` and `lib`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("remotes")).unwrap();
        let server = GitServer::start(&folder.path().join("remotes"), TOKEN);
        let desk = Self { folder, server };
        desk.write("token", &format!("GITHUB_TOKEN={TOKEN}\n"));
        for name in ["site", "lib"] {
            desk.git("remotes", &["init", "--quiet", "--bare", "--initial-branch=main", name]);
            desk.commit(name, "README.md", &format!("{name} 1\n"));
        }
        desk.list(&[("site", "main"), ("lib", "main")]);
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

    /// The list, with a line for each name and branch.
    pub(crate) fn list(&self, repositories: &[(&str, &str)]) {
        let line =
            |(name, branch): &(&str, &str)| format!("{name}\t{}/{name}\t{branch}\n", self.server.url());
        self.write("repos.tsv", &repositories.iter().map(line).collect::<String>());
    }

    /// The tester's own git, which knows nothing of the tester.
    pub(crate) fn git(&self, folder: &str, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=ann", "-c", "user.email=ann@example.org"])
            .args(words)
            .current_dir(self.path(folder))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        Run::of(&mut git).succeeds().trim().to_owned()
    }

    /// Adds a commit with one file to a repository of the server.
    pub(crate) fn commit(&self, name: &str, file: &str, text: &str) {
        let work = format!("work-{name}");
        if !self.path(&work).exists() {
            self.git("", &["init", "--quiet", "--initial-branch=main", &work]);
        }
        self.write(&format!("{work}/{file}"), text);
        self.git(&work, &["add", "--all"]);
        self.git(&work, &["commit", "--quiet", "--message", text.trim()]);
        let remote = self.path("remotes").join(name).display().to_string();
        self.git(&work, &["push", "--quiet", "--force", &remote, "HEAD:refs/heads/main"]);
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("GITHUB_TOKEN");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }

    pub(crate) fn repos_arguments<'a>(&'a self, more: &[&'a str], url: &'a str) -> Vec<&'a str> {
        let mut arguments = vec!["seed", "repos", "--list", "repos.tsv", "--into", "copies"];
        arguments.extend(["--token-file", "token", "--token-origin", url]);
        arguments.extend(more);
        arguments
    }

    pub(crate) fn repos(&self, more: &[&str]) -> Run {
        self.run(&self.repos_arguments(more, &self.server.url()))
    }

    /// What came of each repository.
    pub(crate) fn results(run: &Run) -> Vec<(String, String)> {
        let shown: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        shown.as_array().unwrap().iter().map(|one| (text(&one["name"]), text(&one["result"]))).collect()
    }

    /// Every file below a folder.
    pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                found.extend(Self::files(&path));
            } else {
                found.push(path);
            }
        }
        found
    }
}
