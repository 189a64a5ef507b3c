//! A project on a machine whose programs are made up.

use std::{
    fs::{self, Permissions},
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_stand_in::Ran;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bench::{clawlets_in, command_in};

/// The programs that the doctor asks for.
const TOOLS: [&str; 8] =
    ["nix", "nix-instantiate", "sops", "age", "minisign", "tofu", "ssh", "qemu-system-x86_64"];

/// A fresh project in a folder of its own, which is the operator's home.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// A fresh project, and no program but git.
    pub(crate) fn bare() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        let ran = clawlets_in(place.folder.path(), &["project", "init", "--dir", "fleet-repo"]);
        assert_eq!(ran.code, Some(0), "{ran}");
        fs::create_dir(place.home().join("bin")).unwrap();
        symlink("/usr/bin/git", place.home().join("bin/git")).unwrap();
        place
    }

    /// A fresh project, and every program: each does nothing, and does it well.
    pub(crate) fn equipped() -> Self {
        let place = Self::bare();
        for tool in TOOLS {
            place.program(tool, "exit 0");
        }
        place
    }

    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.home().join("fleet-repo")
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root().join(below)
    }

    /// Puts a script in the place of a program.
    pub(crate) fn program(&self, name: &str, script: &str) {
        let path = self.home().join("bin").join(name);
        let _ = fs::remove_file(&path);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn write(&self, below: &str, text: &str) {
        fs::create_dir_all(self.path(below).parent().unwrap()).unwrap();
        fs::write(self.path(below), text).unwrap();
    }

    /// Changes what is declared.
    pub(crate) fn declare(&self, change: impl FnOnce(&mut Value)) {
        let text = fs::read_to_string(self.path("fleet/clawlets.json")).unwrap();
        let mut fleet: Value = serde_json::from_str(&text).unwrap();
        change(&mut fleet);
        self.write("fleet/clawlets.json", &serde_json::to_string_pretty(&fleet).unwrap());
    }

    /// A public key of the operator, which no private one belongs to.
    pub(crate) fn public_key(&self) -> PathBuf {
        let path = self.home().join("id.pub");
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me";
        fs::write(&path, key).unwrap();
        path
    }

    /// Enables the host, with all that a person has to say about it.
    pub(crate) fn describe(&self) {
        let key = self.public_key();
        self.declare(|fleet| {
            let host = &mut fleet["hosts"]["web-1"];
            host["enable"] = json!(true);
            host["provisioning"] = json!({ "adminCidr": "198.51.100.7/32", "sshPubkeyFile": key });
        });
    }

    /// `clawlets` in the project.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = command_in(&self.root(), words);
        command.env("HOME", self.home()).env("USER", "ada").env("PATH", self.home().join("bin"));
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        Ran::of(&mut self.command(words))
    }

    pub(crate) fn ok(&self, words: &[&str]) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.code, Some(0), "{words:?}: {ran}");
        ran
    }

    /// Runs a command that must succeed, with a text on its standard input.
    pub(crate) fn type_into(&self, words: &[&str], text: &str) -> Ran {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let ran: Ran = child.wait_with_output().unwrap().into();
        assert_eq!(ran.code, Some(0), "{words:?}: {ran}");
        ran
    }

    /// Runs git in the project.
    pub(crate) fn git(&self, words: &[&str]) {
        let ran = Ran::of(Command::new("git").arg("-C").arg(self.root()).args(words));
        assert_eq!(ran.code, Some(0), "{words:?}: {ran}");
    }

    /// Everything that the doctor says of some scope.
    pub(crate) fn rows(&self, scope: &str) -> Vec<Value> {
        let ran = self.run(&["doctor", "--scope", scope, "--json"]);
        ran.json()["checks"].as_array().unwrap().clone()
    }
}
