//! A folder with a fleet in it, for tests of verbs that read and change the declaration.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_stand_in::Ran;
use serde_json::Value;
use tempfile::TempDir;

use crate::bench::{clawlets_in, command_in};

/// What a new project begins with.
pub(crate) const FRESH: &str = r#"{
  "$schema": "./clawlets.schema.json",
  "schemaVersion": 13,
  "defaultHost": "web-1",
  "fleet": {
    "discord": { "guildId": "" },
    "secretEnv": {},
    "sshAuthorizedKeys": [],
    "botOrder": [],
    "bots": {}
  },

  "hosts": {
    "web-1": {
      "enable": false,
      "provider": "hetzner",
      "provisioning": { "adminCidr": "", "sshPubkeyFile": "" },
      "sshExposure": { "mode": "bootstrap" },
      "tailnet": { "mode": "tailscale" }
    }
  }
}
"#;

/// A project of its own.
pub(crate) struct Declared {
    folder: TempDir,
}

impl Declared {
    /// A project as a new one is.
    pub(crate) fn fresh() -> Self {
        Self::of(FRESH)
    }

    /// A project with this declaration.
    pub(crate) fn of(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir(folder.path().join("fleet")).expect("the folder is new");
        let declared = Self { folder };
        fs::write(declared.path(), text).expect("the folder can be written");
        declared
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder().join("fleet/clawlets.json")
    }

    pub(crate) fn text(&self) -> String {
        fs::read_to_string(self.path()).expect("the file is there")
    }

    /// What the file says.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text()).expect("the file is JSON")
    }

    /// What the file says at a place, by JSON pointer.
    pub(crate) fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_default()
    }

    /// `clawlets` in the project, with words as a document writes them: separated by spaces.
    pub(crate) fn command(&self, line: &str) -> Command {
        command_in(self.folder(), &line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs a line.
    pub(crate) fn run(&self, line: &str) -> Ran {
        clawlets_in(self.folder(), &line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs a line that must succeed.
    #[track_caller]
    pub(crate) fn ok(&self, line: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.code, Some(0), "{line}: {ran}");
        ran
    }

    /// Runs a line that must fail, and leave the file as it was. Its exit code and its fault.
    #[track_caller]
    pub(crate) fn refused(&self, line: &str) -> (i32, String) {
        let before = self.text();
        let ran = self.run(line);
        assert_eq!(self.text(), before, "{line}: {ran}");
        (ran.code.expect("it ends by itself"), ran.fault())
    }

    /// What is in the folder of the declaration.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder().join("fleet")).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("the folder can be read").file_name());
        let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// Where two texts differ: the lines of the first, and those of the second.
pub(crate) fn changed_lines<'a>(before: &'a str, after: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let gone = old.iter().filter(|line| !new.contains(line)).copied().collect();
    (gone, new.iter().filter(|line| !old.contains(line)).copied().collect())
}
