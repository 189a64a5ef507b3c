//! OpenTofu or Terraform with the AWS provider for tests, and a copy of the module that a project begins with.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use crate::{skip, workspace_root};

/// A program that plans and applies, and a provider for tests that it asks in the place of AWS's. Dropping it ends the
/// provider.
#[derive(Debug)]
pub struct Terraform {
    program: PathBuf,
    provider: Child,
    /// How the program finds the provider.
    found_by: String,
    /// Where the provider is told what to do.
    folder: PathBuf,
}

impl Terraform {
    /// Starts the provider in a folder; instances are started at `cloud`, an EC2 on loopback, or nowhere. `None` where
    /// something is missing. That the provider's library is, is an error in CI.
    ///
    /// # Panics
    /// When the provider does not start.
    #[must_use]
    pub fn start(test: &str, folder: &Path, cloud: Option<&str>) -> Option<Self> {
        let Some(program) = program() else {
            skip(test, "neither tofu nor terraform is installed");
            return None;
        };
        let folder = folder.join("provider");
        fs::create_dir_all(&folder).expect("the folder can be made");
        let Some((provider, found_by)) = provider(&folder, cloud) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "the provider's library is missing: run scripts/setup --tests"
            );
            skip(test, "the library of the provider for tests is missing; scripts/setup --tests installs it");
            return None;
        };
        Some(Self { program, provider, found_by, folder })
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The variable with which the program, whoever starts it, finds the provider.
    #[must_use]
    pub fn environment(&self) -> (&'static str, &str) {
        ("TF_REATTACH_PROVIDERS", &self.found_by)
    }

    /// The program in a module.
    #[must_use]
    pub fn command(&self, module: &Path, words: &[&str]) -> Command {
        let (name, value) = self.environment();
        let mut command = Command::new(&self.program);
        command.args(words).current_dir(module).env_clear().env("PATH", "/usr/bin:/bin").env(name, value);
        command.env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
        command
    }

    /// From now on instances that are being made are not, until [`Terraform::go_on`].
    ///
    /// # Panics
    /// When the folder cannot be written.
    pub fn pause(&self) {
        let _ = fs::remove_file(self.folder.join("waits"));
        fs::write(self.folder.join("pause"), "").expect("the folder can be written");
    }

    /// Whether an instance is being made since the last pause began.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.folder.join("waits").exists()
    }

    /// Ends a pause.
    ///
    /// # Panics
    /// When there was none.
    pub fn go_on(&self) {
        fs::remove_file(self.folder.join("pause")).expect("there is a pause");
    }

    /// From now on the instance of this host cannot be made; of none with `None`.
    ///
    /// # Panics
    /// When the folder cannot be written.
    pub fn fail(&self, host: Option<&str>) {
        fs::write(self.folder.join("fail"), host.unwrap_or_default()).expect("the folder can be written");
    }
}

impl Drop for Terraform {
    fn drop(&mut self) {
        // It ends with its standard input.
        drop(self.provider.stdin.take());
        let _ = self.provider.wait();
    }
}

/// Copies the module of the template into a folder.
///
/// # Panics
/// When the folder cannot be written.
pub fn copy_module(into: &Path) {
    fs::create_dir_all(into).expect("the folder can be made");
    let template = workspace_root().join("template/infra/opentofu/aws");
    for entry in fs::read_dir(template).expect("the template has a module") {
        let entry = entry.expect("the module can be read");
        if entry.path().is_file() {
            fs::copy(entry.path(), into.join(entry.file_name())).expect("the folder can be written");
        }
    }
}

/// The provider, and how it is found; `None` where its library is missing.
fn provider(folder: &Path, cloud: Option<&str>) -> Option<(Child, String)> {
    let mut command = Command::new(python()?);
    command.arg(workspace_root().join("tests/terraform/provider.py")).arg(folder);
    command.env_remove("AWS_ENDPOINT_URL").envs(cloud.map(|cloud| ("AWS_ENDPOINT_URL", cloud)));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
    let line = first_line(child.stdout.take().expect("standard output is a pipe"));
    if line.is_empty() {
        let _ = child.wait();
        return None;
    }
    Some((child, line))
}

/// What it says first; nothing when it ends before.
fn first_line(out: ChildStdout) -> String {
    let mut line = String::new();
    let _ = BufReader::new(out).read_line(&mut line);
    line.trim().to_owned()
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let in_path = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    ["tofu", "terraform"].into_iter().find_map(in_path)
}

/// Python with what the provider is made of.
fn python() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map_or_else(PathBuf::new, PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let venv = std::env::var_os("CLAWLETS_VENV").map_or_else(|| cache.join("clawlets/venv"), PathBuf::from);
    let python = venv.join("bin/python");
    python.is_file().then_some(python)
}
