//! A host in a folder: its store, what runs on it, and its program.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_tests::{Run, program};
use serde_json::Value;

use crate::{desk::Desk, served::Served};

const INSTALLED: &str = "/nix/store/00000000000000000000000000000000-installed";

pub(crate) struct Host {
    folder: tempfile::TempDir,
}

impl Host {
    /// A host that runs what it was installed with.
    pub(crate) fn installed() -> Self {
        let host = Self { folder: tempfile::tempdir().unwrap() };
        let profiles = host.path("nix/var/nix/profiles");
        for folder in [&profiles, &host.path("run")] {
            fs::create_dir_all(folder).unwrap();
        }
        symlink(INSTALLED, host.path("run/current-system")).unwrap();
        symlink(INSTALLED, profiles.join("system-1-link")).unwrap();
        symlink("system-1-link", profiles.join("system")).unwrap();
        host
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The file that says whether what runs is well.
    pub(crate) fn health(&self) -> PathBuf {
        self.path("run/health")
    }

    pub(crate) fn trusts(&self, desk: &Desk, mirrors: &[&Served]) {
        let here = self.folder.path().display();
        let urls: Vec<_> = mirrors.iter().map(|mirror| &mirror.url).collect();
        let text = format!(
            "host = 'web-1'\nsystem = 'x86_64-linux'\n\
             [paths]\nstate = '{here}/state'\nfloor = '{here}/floor/floor.json'\nsecrets = '{here}/secrets'\n\
             current_system = '{here}/run/current-system'\n\
             [updates]\nbase_urls = {urls:?}\npublic_keys = ['{key}']\ndeadline = '10s'\n\
             on_found = ['touch', '{here}/found']\n\
             [cache]\nsubstituters = ['{cache}']\ntrusted_public_keys = ['{cache_key}']\n\
             [nix]\nroot = '{here}'\ngc_roots = '{here}/nix/var/nix/gcroots/clawlets'\n\
             profile = '{here}/nix/var/nix/profiles/system'\n\
             candidate_profile = '{here}/nix/var/nix/profiles/system-profiles/candidate'\n\
             options = {{ build-users-group = '' }}\n\
             [switch]\nlauncher = []\n[reboot]\ncommand = ['true']\n[health]\nprobation = '1s'\ninterval = '1s'\n",
            key = desk.public_key(),
            cache = desk.cache.url,
            cache_key = desk.cache_key(),
        );
        fs::write(self.path("host.toml"), text).unwrap();
    }

    pub(crate) fn update(&self, words: &[&str]) -> Run {
        let mut command = Command::new(program("clawlets-host"));
        command.arg("update").args(words).arg("--config").arg(self.path("host.toml"));
        command.env("HOME", self.folder.path()).env("NO_COLOR", "1");
        Run::of(command.env("NIX_CONF_DIR", self.path("conf")))
    }

    pub(crate) fn status(&self) -> Value {
        self.update(&["status", "--json"]).json()
    }

    pub(crate) fn running(&self) -> String {
        fs::read_link(self.path("run/current-system")).unwrap().display().to_string()
    }

    /// The file of the secret that is in use; nothing if none is.
    pub(crate) fn mark(&self) -> String {
        fs::read_to_string(self.path("run/secrets/mark.yaml")).unwrap_or_default()
    }

    /// The system whose switch was the last, and what it was switched to do.
    pub(crate) fn last_switch(&self) -> String {
        let log = fs::read_to_string(self.path("switches.log")).unwrap_or_default();
        log.lines().last().unwrap_or_default().to_owned()
    }

    /// The wait until the next attempt is over.
    pub(crate) fn waited(&self) {
        let path = self.path("state/state.json");
        let mut state: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for tried in state["tries"].as_object_mut().unwrap().values_mut() {
            tried["notBefore"] = "2026-01-01T00:00:00Z".into();
        }
        fs::write(path, serde_json::to_vec(&state).unwrap()).unwrap();
    }
}

/// Copies what one mirror has to another.
pub(crate) fn mirror(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    Run::of(Command::new("cp").arg("-R").arg(from).arg(to)).succeeds();
}
