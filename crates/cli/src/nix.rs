//! The `nix` program: builds, copies, and what caches know of a path.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    process::{Command, Output, Stdio},
    rc::Rc,
};

use clawlets_model::EnvVarName;
use clawlets_printer::{Fault, FaultCode};
use clawlets_release::value::StorePath;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    env_file::{Key, Settings},
    stop::Stop,
};

/// How to run nix.
#[derive(Debug, Clone)]
pub(crate) struct Nix {
    program: OsString,
    /// A variable that it must not see.
    hidden: Option<EnvVarName>,
    /// What ends it early.
    stop: Rc<Stop>,
    /// Where it keeps what caches said. Caches are asked anew each time, since what was missing a minute ago may have been
    /// pushed meanwhile; and two at once that share such a folder break each other's records.
    answers: Rc<TempDir>,
}

/// Whether something is built, or only found out what it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    Real,
    Dry,
}

/// What a cache has of a path: the paths that it refers to.
pub(crate) type References = Vec<StorePath>;

impl Nix {
    /// The nix that the operator named, or else the one in `PATH`. A signal ends what it does.
    ///
    /// # Errors
    /// A fault when there is no room for what caches say.
    pub(crate) fn of(settings: &Settings, stop: Rc<Stop>) -> Result<Self, Fault> {
        let named = settings.get(Key::NixBin).map(|(_, path)| OsString::from(path.expose()));
        let answers = tempfile::tempdir().map_err(|error| {
            Fault::new(FaultCode::Io, "failed to make a temporary folder").because(&error)
        })?;
        let program = named.unwrap_or_else(|| "nix".into());
        Ok(Self { program, hidden: None, stop, answers: Rc::new(answers) })
    }

    /// The same, without a variable of the environment, which holds a secret.
    pub(crate) fn hiding(self, variable: Option<&EnvVarName>) -> Self {
        Self { hidden: variable.cloned(), ..self }
    }

    /// Builds an output of a flake from exactly the inputs that its lock file names. What nix says of its progress goes to
    /// standard error.
    ///
    /// # Errors
    /// A fault when it fails, or makes anything but one path.
    pub(crate) fn build(&self, output: &str, build: Build) -> Result<StorePath, Fault> {
        let mut nix = self.command(&["build", "--no-link", "--no-update-lock-file", "--json"]);
        match build {
            Build::Real => {}
            Build::Dry => _ = nix.arg("--dry-run"),
        }
        let answer = self.json(nix.arg(output).stderr(Stdio::inherit()), "build")?;
        let built = answer.pointer("/0/outputs/out").and_then(Value::as_str);
        let unexpected = || {
            Fault::new(FaultCode::NixFailed, format!("nix did not say what {output} is"))
                .hint("the flake's output must be a derivation with the output 'out'")
        };
        built.and_then(|path| StorePath::parse(path).ok()).ok_or_else(unexpected)
    }

    /// Copies a path with all that it refers to into a cache.
    ///
    /// # Errors
    /// A fault when it fails.
    pub(crate) fn copy(&self, path: &StorePath, cache: &str) -> Result<(), Fault> {
        let mut nix = self.command(&["copy", "--to", cache, path.as_str()]);
        let output = self.output(nix.stderr(Stdio::inherit()))?;
        if output.status.success() { Ok(()) } else { Err(failed("copy", &output)) }
    }

    /// What a cache has of these paths, by path.
    ///
    /// # Errors
    /// A fault when the cache does not answer.
    pub(crate) fn known(
        &self,
        cache: &str,
        paths: &[StorePath],
    ) -> Result<BTreeMap<StorePath, References>, Fault> {
        let mut nix = self.asking(&["path-info", "--json", "--store", cache]);
        nix.args(paths.iter().map(StorePath::as_str));
        let answer = self.json(&mut nix, "path-info")?;
        Ok(entries(&answer).filter_map(|(path, entry)| Some((path, references(entry)?))).collect())
    }

    /// Those of these paths, all of which are in a cache, that none of the keys has signed.
    ///
    /// # Errors
    /// A fault when nix cannot tell.
    pub(crate) fn untrusted(
        &self,
        cache: &str,
        keys: &str,
        paths: &[StorePath],
    ) -> Result<Vec<StorePath>, Fault> {
        let mut nix = self.asking(&["store", "verify", "--no-contents", "--store", cache]);
        nix.args(["--option", "trusted-public-keys", keys]).args(paths.iter().map(StorePath::as_str));
        let output = self.output(&mut nix)?;
        if output.status.success() {
            return Ok(Vec::new());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let named = |line: &str| {
            let (_, rest) = line.split_once("path '")?;
            StorePath::parse(rest.strip_suffix("' is untrusted")?).ok()
        };
        let found: Vec<_> = said.lines().filter_map(named).collect();
        if found.is_empty() { Err(failed("store verify", &output)) } else { Ok(found) }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut nix = Command::new(&self.program);
        nix.args(["--extra-experimental-features", "nix-command flakes"]).args(words);
        if let Some(variable) = &self.hidden {
            nix.env_remove(variable.as_str());
        }
        nix.stdin(Stdio::null()).stderr(Stdio::piped());
        nix
    }

    /// A command that asks a cache.
    fn asking(&self, words: &[&str]) -> Command {
        let mut nix = self.command(words);
        nix.env("XDG_CACHE_HOME", self.answers.path());
        nix
    }

    fn output(&self, nix: &mut Command) -> Result<Output, Fault> {
        self.stop.output(nix.stdout(Stdio::piped())).map_err(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return Fault::new(FaultCode::Interrupted, "you interrupted nix");
            }
            let fault = Fault::new(FaultCode::ToolMissing, "failed to run nix").because(&error);
            if error.kind() == io::ErrorKind::NotFound {
                return fault.hint("install it from https://nixos.org/download, or say where it is: NIX_BIN");
            }
            fault
        })
    }

    fn json(&self, nix: &mut Command, verb: &str) -> Result<Value, Fault> {
        let output = self.output(nix)?;
        if !output.status.success() {
            return Err(failed(verb, &output));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| {
            Fault::new(FaultCode::NixFailed, format!("nix {verb} answered with something unexpected"))
                .because(&error)
        })
    }
}

fn failed(verb: &str, output: &Output) -> Fault {
    let said = String::from_utf8_lossy(&output.stderr);
    // Nix warns about much before it says what is wrong.
    let why =
        said.lines().filter(|line| line.trim_start().starts_with("error")).collect::<Vec<_>>().join("; ");
    let why = if why.is_empty() { format!("it ended with {}", output.status) } else { why };
    Fault::new(FaultCode::NixFailed, format!("nix {verb} failed: {why}"))
}

/// The entries of an answer: older versions of nix give a list, newer ones an object by path.
fn entries(answer: &Value) -> Box<dyn Iterator<Item = (StorePath, &Value)> + '_> {
    let list = answer.as_array().into_iter().flatten();
    let list = list.filter_map(|entry| Some((store_path(entry["path"].as_str()?)?, entry)));
    let object = answer.as_object().into_iter().flatten();
    Box::new(list.chain(object.filter_map(|(path, entry)| Some((store_path(path)?, entry)))))
}

/// What an entry refers to; none when the path is not there.
fn references(entry: &Value) -> Option<References> {
    let references = entry.get("references")?.as_array()?;
    Some(references.iter().filter_map(|path| store_path(path.as_str()?)).collect())
}

/// The newest versions of nix leave the folder of the store away.
fn store_path(text: &str) -> Option<StorePath> {
    let whole = if text.starts_with('/') { text.to_owned() } else { format!("/nix/store/{text}") };
    StorePath::parse(&whole).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-a";
    const B: &str = "/nix/store/1123456789abcdfghijklmnpqrsvwxyz-b";

    #[test]
    fn every_form_of_answer_is_read() {
        let short = |path: &str| path.trim_start_matches("/nix/store/").to_owned();
        for answer in [
            json!([{ "path": A, "references": [B] }, { "path": B, "valid": false }]),
            json!({ A: { "references": [B] }, B: null }),
            json!({ short(A): { "references": [short(B)] }, short(B): null }),
        ] {
            let found: Vec<_> =
                entries(&answer).filter_map(|(path, entry)| Some((path, references(entry)?))).collect();
            let path = |text| StorePath::parse(text).unwrap();
            assert_eq!(found, [(path(A), vec![path(B)])], "{answer}");
        }
    }
}
