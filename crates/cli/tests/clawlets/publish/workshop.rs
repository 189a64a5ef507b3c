//! A project with secrets and a key, and a `nix` beside it: the real one with a store and a cache of its own, or a script.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_stand_in::Ran;
use serde_json::Value;

use crate::{bench::command_in, secrets::place::Place};

/// A system that a scripted nix knows.
pub(super) const TOPLEVEL: &str = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-web-1";

/// A system and what it is made of, without anything that a machine would need: it is built in a moment.
const FLAKE: &str = r#"{
  outputs = _: let
    make = name: parts: derivation {
      inherit name;
      system = "x86_64-linux";
      builder = "${./tools}/busybox";
      args = [ "sh" "-c" "echo ${toString parts} >$out" ];
    };
  in { packages.x86_64-linux.web-1-system = make "nixos-system-web-1" [ (make "part" [ ]) ]; };
}
"#;

pub(super) struct Workshop {
    place: Place,
    beside: tempfile::TempDir,
}

impl Workshop {
    /// With a script in the place of nix. It gets the arguments of nix.
    pub(super) fn scripted(script: &str) -> Self {
        let workshop = Self::bare();
        workshop.program("nix", script);
        workshop
    }

    /// With a nix in whose caches everything is that it is asked for.
    pub(super) fn stocked() -> Self {
        Self::scripted(
            r#"case "$*" in
              *path-info*) printf '['; for path; do case $path in /nix/store/*) printf '{"path":"%s","references":[]}' "$path";; esac; done; echo ']' ;;
            esac"#,
        )
    }

    /// With the real nix, and what it builds from. None when this machine has none, which is said aloud.
    pub(super) fn real(test: &str) -> Option<Self> {
        let is_there = Command::new("nix").arg("--version").stdout(Stdio::null()).status().is_ok();
        if !is_there || !Path::new("/bin/busybox").exists() {
            assert!(std::env::var_os("CI").is_none(), "nix is missing: run scripts/setup --tests");
            let _ = writeln!(std::io::stderr(), "skipped: {test}: nix is missing");
            return None;
        }
        let workshop = Self::bare();
        workshop.program("nix", "exec /usr/bin/nix \"$@\"");
        let (secret, public) = (workshop.beside("cache.sec"), workshop.beside("cache.pub"));
        let mut keys = Command::new("nix-store");
        keys.args(["--generate-binary-cache-key", "cache-1"]).args([&secret, &public]);
        assert!(keys.status().unwrap().success());
        let public = fs::read_to_string(public).unwrap();
        workshop.ok(&[
            "config",
            "set",
            "hosts.web-1.cache",
            &format!(
                r#"{{"substituters":["{}"],"trustedPublicKeys":["{}"]}}"#,
                workshop.cache(),
                public.trim()
            ),
        ]);
        fs::create_dir(workshop.path().join("tools")).unwrap();
        fs::copy("/bin/busybox", workshop.path().join("tools/busybox")).unwrap();
        fs::write(workshop.path().join("flake.nix"), FLAKE).unwrap();
        workshop.commit();
        Some(workshop)
    }

    fn bare() -> Self {
        let workshop = Self { place: Place::whole().0, beside: tempfile::tempdir().unwrap() };
        workshop.git(&["init", "--quiet"]);
        fs::write(workshop.path().join(".gitignore"), ".clawlets/\ndeploy/\n").unwrap();
        workshop.ok(&["release", "keygen", "--out", &workshop.key(), "--pub", &workshop.public_key()]);
        workshop.commit();
        workshop
    }

    /// Puts a script beside the project.
    pub(super) fn program(&self, name: &str, script: &str) {
        let path = self.beside(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(super) fn path(&self) -> &Path {
        self.place.path()
    }

    /// A path that is not of the project.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.beside.path().join(name)
    }

    pub(super) fn key(&self) -> String {
        self.beside("key").display().to_string()
    }

    pub(super) fn public_key(&self) -> String {
        self.beside("key.pub").display().to_string()
    }

    /// The host's cache.
    pub(super) fn cache(&self) -> String {
        format!("file://{}", self.beside("cache").display())
    }

    /// The cache as somebody has it who may sign what is in it.
    pub(super) fn signing_cache(&self) -> String {
        format!("{}?secret-key={}", self.cache(), self.beside("cache.sec").display())
    }

    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = command_in(self.path(), words);
        let store = format!("local?root={}", self.beside("store").display());
        let config = "build-users-group =\nsandbox = false\nsubstitute = false\nflake-registry =\n";
        command.env("HOME", self.beside("home")).env("NIX_BIN", self.beside("nix"));
        command.env("NIX_REMOTE", store).env("NIX_CONFIG", config);
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "ada");
            command.env(format!("GIT_{role}_EMAIL"), "ada@example.com");
        }
        command
    }

    pub(super) fn run(&self, words: &[&str]) -> Ran {
        Ran::of(&mut self.command(words))
    }

    #[track_caller]
    pub(super) fn ok(&self, words: &[&str]) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.code, Some(0), "{words:?}: {ran}");
        ran
    }

    /// Publishes on `prod`, signed by the key.
    pub(super) fn publish(&self, words: &[&str]) -> Ran {
        let key = self.key();
        self.run(&[&["release", "publish", "--channel", "prod", "--private-key-file", &key], words].concat())
    }

    /// As [`Self::publish`], a system that was built elsewhere. It must succeed.
    #[track_caller]
    pub(super) fn published(&self, words: &[&str]) -> Value {
        let ran = self.publish(&[&["--toplevel", TOPLEVEL, "--json"], words].concat());
        assert_eq!(ran.code, Some(0), "{ran}");
        ran.json()
    }

    /// A document of the site.
    pub(super) fn document(&self, name: &str) -> Value {
        let path = self.path().join("deploy/web-1/prod").join(name);
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    /// Whether a host would believe what the site says now. The number of the release.
    #[track_caller]
    pub(super) fn seen_by_hosts(&self) -> u64 {
        let pointer = self.document("latest.json");
        let number = pointer["releaseId"].as_u64().unwrap();
        for name in ["latest.json".to_owned(), format!("{number}.json")] {
            let file = format!("deploy/web-1/prod/{name}");
            self.ok(&["release", "verify", "--in", &file, "--public-key-file", &self.public_key()]);
        }
        number
    }

    pub(super) fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.path()).args(["-c", "user.name=ada", "-c", "user.email=ada@example.com"]);
        let output = git.args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(super) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "more"]);
    }
}
