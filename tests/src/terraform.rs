//! OpenTofu or Terraform with the AWS provider for tests, and a copy of the module that a project begins with.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{skip, workspace_root};

/// The version of the provider whose schema the provider for tests has.
const VERSION: &str = "6.62.0";

/// A program that plans and applies, and finds the provider for tests where it looks for AWS's.
#[derive(Debug)]
pub struct Terraform {
    program: PathBuf,
    config: PathBuf,
}

impl Terraform {
    /// Lays out the provider in a folder; `None` where something is missing. That the provider's library is, is an error
    /// in CI.
    ///
    /// # Panics
    /// When the folder cannot be written.
    #[must_use]
    pub fn start(test: &str, folder: &Path) -> Option<Self> {
        let Some(program) = program() else {
            skip(test, "neither tofu nor terraform is installed");
            return None;
        };
        let Some(python) = python() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "the provider's library is missing: run scripts/setup --tests"
            );
            skip(test, "the library of the provider for tests is missing; scripts/setup --tests installs it");
            return None;
        };
        let mirror = folder.join("mirror");
        for registry in ["registry.terraform.io", "registry.opentofu.org"] {
            lay_out(&mirror.join(format!("{registry}/hashicorp/aws/{VERSION}/linux_amd64")), &python);
        }
        let config = folder.join("terraform.rc");
        let text = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n}}\n",
            mirror.display()
        );
        fs::write(&config, text).expect("the folder can be written");
        Some(Self { program, config })
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The variable with which the program, whoever starts it, finds the provider.
    #[must_use]
    pub fn environment(&self) -> (&'static str, &Path) {
        ("TF_CLI_CONFIG_FILE", &self.config)
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

fn lay_out(folder: &Path, python: &Path) {
    fs::create_dir_all(folder).expect("the folder can be made");
    let provider = folder.join(format!("terraform-provider-aws_v{VERSION}"));
    let script = workspace_root().join("tests/terraform/provider.py");
    let text = format!("#!/bin/sh\nexec {} {} \"$@\"\n", python.display(), script.display());
    fs::write(&provider, text).expect("the folder can be written");
    fs::set_permissions(&provider, fs::Permissions::from_mode(0o755)).expect("the file is ours");
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
    let has_it = Command::new(&python).args(["-c", "import tf.runner, boto3"]).output();
    has_it.is_ok_and(|output| output.status.success()).then_some(python)
}
