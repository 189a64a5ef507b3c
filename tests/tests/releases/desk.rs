//! The operator's desk: a project with secrets, a flake, a key that signs releases and one that signs what is in a cache.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_tests::{Run, program, skip};
use serde_json::json;

use crate::served::Served;

/// What a system is made of: a number and a health, and a script that switches to it.
const FLAKE: &str = r#"{
  outputs = _: let made = builtins.fromJSON (builtins.readFile ./system.json); in {
    packages.x86_64-linux.web-1-system = derivation {
      name = "nixos-system-web-1";
      system = "x86_64-linux";
      builder = "${./tools}/busybox";
      args = [ "sh" "${./tools}/build" ];
      tools = "${./tools}";
      inherit (made) number health;
    };
  };
}
"#;
const BUILD: &str = r#"set -e
run=$tools/busybox
$run mkdir -p $out/bin $out/sw/bin
$run sed -e "s|@out@|$out|g" -e "s|@number@|$number|g" -e "s|@health@|$health|g" $tools/switch > $out/bin/switch-to-configuration
$run chmod +x $out/bin/switch-to-configuration
echo > $out/sw/bin/clawlets-host
"#;
const SWITCH: &str = r#"#!/bin/sh
set -e
here=${0%/nix/store/*}
system=@out@
case $1 in test|switch)
  rm -rf $here/run/secrets
  if [ -d $here/secrets/systems/${system##*/} ]; then cp -R $here/secrets/systems/${system##*/}/. $here/run/secrets; fi
  echo @health@ > $here/run/health
  ln -sfn $system $here/run/current-system ;;
esac
case $1 in boot|switch) echo $system > $here/boot-default ;; esac
echo "$1 @number@" >> $here/switches.log
"#;

/// A project and what belongs to it.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    pub(crate) cache: Served,
}

impl Desk {
    /// A desk for a host that says in this file whether it is well. None when this machine has no Nix, which is said aloud.
    pub(crate) fn new(test: &str, health: &Path) -> Option<Self> {
        let is_there =
            Command::new("nix").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if is_there.is_err() || !Path::new("/bin/busybox").exists() {
            assert!(std::env::var_os("CI").is_none(), "nix or busybox is missing: run scripts/setup --tests");
            skip(test, "nix or busybox is missing");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let cache = Served::folder(&folder.path().join("cache"));
        let desk = Self { folder, cache };
        desk.clawlets(".", &["project", "init", "--dir", "project"]).succeeds();
        desk.clawlets(".", &["release", "keygen", "--out", "key", "--pub", "key.pub"]).succeeds();
        let mut keys = Command::new("nix-store");
        keys.args(["--generate-binary-cache-key", "cache-1"]);
        Run::of(keys.args([desk.path("cache.sec"), desk.path("cache.pub")])).succeeds();
        let check = json!({ "kind": "command", "argv": ["grep", "-q", "fine", health], "need": "required", "deadline": "5s" });
        desk.sets(
            "selfUpdate",
            &json!({
                "enable": true,
                "baseUrls": ["https://releases.example.com"],
                "publicKeys": [desk.public_key()],
                "health": { "checks": [check], "probation": "1s" },
            }),
        );
        desk.sets("tailnet.mode", &json!("none"));
        let caches = json!({ "substituters": [desk.cache.url], "trustedPublicKeys": [desk.cache_key()] });
        desk.sets("cache", &caches);
        desk.clawlets("project", &["fleet", "set", "--secret-env", "MARK=mark"]).succeeds();
        fs::write(desk.path("values.json"), r#"{"secrets":{"mark":"mark-of-nothing-7f3a"}}"#).unwrap();
        desk.clawlets("project", &["secrets", "init", "--from-json", "../values.json"]).succeeds();
        fs::create_dir_all(desk.path("project/tools")).unwrap();
        fs::copy("/bin/busybox", desk.path("project/tools/busybox")).unwrap();
        for (name, text) in [("flake.nix", FLAKE), ("tools/build", BUILD), ("tools/switch", SWITCH)] {
            fs::write(desk.path("project").join(name), text).unwrap();
        }
        fs::remove_file(desk.path("project/flake.lock")).unwrap_or_default();
        // Two who are the first to use a store are in each other's way.
        let mut init = Command::new("nix-store");
        desk.uses_store(init.arg("--init"));
        Run::of(&mut init).succeeds();
        desk.changes(0, "fine");
        Some(desk)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What hosts are served.
    pub(crate) fn site(&self) -> PathBuf {
        self.path("site")
    }

    pub(crate) fn public_key(&self) -> String {
        fs::read_to_string(self.path("key.pub")).unwrap().lines().last().unwrap().to_owned()
    }

    pub(crate) fn cache_key(&self) -> String {
        fs::read_to_string(self.path("cache.pub")).unwrap().trim().to_owned()
    }

    fn sets(&self, key: &str, value: &serde_json::Value) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.clawlets("project", &["config", "set", &format!("hosts.web-1.{key}"), &text]).succeeds();
    }

    /// The system and the secrets become others, and somebody commits that.
    pub(crate) fn changes(&self, number: u64, health: &str) {
        let made = json!({ "number": number.to_string(), "health": health });
        fs::write(self.path("project/system.json"), made.to_string()).unwrap();
        fs::write(self.path("mark"), format!("mark-of-{number}-51c2")).unwrap();
        let mark = fs::File::open(self.path("mark")).unwrap();
        let mut set = self.command("project", &["secrets", "set", "mark"]);
        let set = set.stdin(mark).output().unwrap();
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
        if !self.path("project/.git").exists() {
            self.git("project", &["init", "--quiet", "--initial-branch", "main"]);
        }
        self.git("project", &["add", "--all"]);
        self.git("project", &["commit", "--quiet", "--message", &format!("system {number}")]);
    }

    /// Publishes the project as it is, by way of the cache. The release's name.
    pub(crate) fn publishes(&self, from: &str, site: &str) -> Run {
        let key = self.path("key").display().to_string();
        let cache = self.path("cache").display().to_string();
        let secret = self.path("cache.sec").display().to_string();
        let to = format!("file://{cache}?secret-key={secret}");
        let words =
            ["release", "publish", "--host", "web-1", "--channel", "prod", "--private-key-file", &key];
        self.clawlets(from, &[&words[..], &["--copy-to", &to, "--site", site]].concat())
    }

    pub(crate) fn clawlets(&self, place: &str, words: &[&str]) -> Run {
        Run::of(&mut self.command(place, words))
    }

    pub(crate) fn command(&self, place: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program("clawlets"));
        command.args(words).current_dir(self.path(place));
        command.env("USER", "ada").env("NO_COLOR", "1");
        self.uses_store(&mut command);
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "ada");
            command.env(format!("GIT_{role}_EMAIL"), "ada@example.com");
        }
        command
    }

    /// Nix has a store of its own.
    fn uses_store(&self, command: &mut Command) {
        let store = format!("local?root={}", self.path("store").display());
        let config = "build-users-group =\nsandbox = false\nsubstitute = false\nflake-registry =\n";
        command.env("HOME", self.path("home")).env("NIX_REMOTE", store).env("NIX_CONFIG", config);
    }

    pub(crate) fn git(&self, place: &str, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args([
            "-c",
            "user.name=ada",
            "-c",
            "user.email=ada@example.com",
            "-c",
            "core.hooksPath=/nowhere",
        ]);
        let ran = Run::of(git.args(words).current_dir(self.path(place)).env("HOME", self.path("home")));
        ran.succeeds().trim().to_owned()
    }
}
