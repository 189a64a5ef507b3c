//! A project with secrets.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_secrets::{AgeIdentity, sops::Sealed};
use clawlets_stand_in::{Ran, never_said};

use crate::bench::command_in;

const DECLARED: &str = r#"{
  "schemaVersion": 13, "defaultHost": "web-1",
  "fleet": {
    "secretEnv": { "ZAI_API_KEY": "z_ai_api_key", "OPENCLAW_GATEWAY_TOKEN": "gateway_token" },
    "botOrder": ["maren"], "bots": { "maren": {} }
  },
  "hosts": { "web-1": { "tailnet": { "mode": "none" } }, "web-2": { "tailnet": { "mode": "none" } } }
}"#;

/// A folder that declares a fleet of two hosts, which is one operator's.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// Without any secret.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("fleet")).unwrap();
        fs::write(folder.path().join("fleet/clawlets.json"), DECLARED).unwrap();
        Self { folder }
    }

    /// With every secret that it needs; the value of `z_ai_api_key` is given back.
    pub(crate) fn whole() -> (Self, String) {
        let place = Self::bare();
        let value = new_secret();
        let ran = place
            .fed(&format!(r#"{{"secrets":{{"z_ai_api_key":"{value}"}}}}"#), &["init", "--from-json", "-"]);
        assert_eq!(ran.code, Some(0), "{ran}");
        for path in place.encrypted() {
            for value in place.values(&path) {
                // Key files name their public half in comments, and begin and end with lines that all of them have.
                let lines = value.lines().filter(|line| !line.starts_with('#') && !line.starts_with("-----"));
                lines.for_each(never_said);
            }
        }
        (place, value)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = command_in(self.path(), &[&["secrets"], words].concat());
        command.env("USER", "ada");
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        Ran::of(&mut self.command(words))
    }

    /// Runs a verb with something on its standard input.
    pub(crate) fn fed(&self, input: &str, words: &[&str]) -> Ran {
        Ran::of(self.command(words).stdin(self.input(input)))
    }

    pub(crate) fn input(&self, input: &str) -> File {
        let path = tempfile::NamedTempFile::new().unwrap();
        fs::write(path.path(), input).unwrap();
        File::open(path.path()).unwrap()
    }

    pub(crate) fn secret(&self, host: &str, name: &str) -> PathBuf {
        self.path().join(format!("secrets/hosts/{host}/{name}.yaml"))
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.path().join(".clawlets/keys/operators/ada.agekey")
    }

    pub(crate) fn identity(&self) -> AgeIdentity {
        AgeIdentity::parse_file(&fs::read_to_string(self.key()).unwrap()).unwrap().remove(0)
    }

    /// Every encrypted file.
    pub(crate) fn encrypted(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.path().join("secrets")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if !path.file_name().unwrap().to_string_lossy().starts_with('.') {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }

    /// What is in a file, as the library reads it.
    pub(crate) fn values(&self, path: &Path) -> Vec<String> {
        let sealed = Sealed::parse(&fs::read_to_string(path).unwrap()).unwrap();
        let opened = sealed.open(&[self.identity()]).unwrap();
        opened.tree.scalars().iter().map(|scalar| scalar.text.expose().clone()).collect()
    }

    pub(crate) fn value(&self, host: &str, name: &str) -> String {
        self.values(&self.secret(host, name)).remove(0)
    }
}

/// A secret of its own for a test, which no program may say.
pub(crate) fn new_secret() -> String {
    let random: String = AgeIdentity::generate().recipient().as_str().chars().skip(10).take(24).collect();
    let secret = format!("s3cr3t-{random}");
    never_said(&secret);
    secret
}
