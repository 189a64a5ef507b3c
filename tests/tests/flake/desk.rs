//! A project in a folder of its own, with `nix` and a store that belong to this test alone.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_tests::{Run, program, skip, workspace_root};
use serde_json::{Value, json};

/// A public key that nobody has the private half of.
pub(crate) const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFzNBXEG7q0Fz9tH6yBPZyZCn3vDfH3gS9YCLZzqk7hP somebody";

pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A fresh project, as `clawlets project init` makes it. `None` when this machine has no `nix`, which is said aloud.
    pub(crate) fn fresh(test: &str) -> Option<Self> {
        if Command::new("nix").arg("--version").stdout(Stdio::null()).status().is_err() {
            assert!(std::env::var_os("CI").is_none(), "nix is missing: run scripts/setup --tests");
            skip(test, "nix is missing");
            return None;
        }
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.put_flake();
        desk.put_nixpkgs();
        desk.clawlets(&["project", "init", "--no-git-init", "--dir", "project"]).succeeds();
        Some(desk)
    }

    /// A project that declares this.
    pub(crate) fn declaring(test: &str, declaration: &Value) -> Option<Self> {
        let desk = Self::fresh(test)?;
        desk.declare(declaration);
        Some(desk)
    }

    pub(crate) fn declare(&self, declaration: &Value) {
        self.write("project/fleet/clawlets.json", &declaration.to_string());
    }

    /// The flake of this workspace as a fleet would fetch it, without what cargo has built.
    fn put_flake(&self) {
        for part in ["flake.nix", "nix", "systemd", "Cargo.toml", "Cargo.lock"] {
            self.copy(&workspace_root().join(part), &format!("clawlets/{part}"));
        }
        // What a build of the programs must be made of, and what it must not.
        self.write("clawlets/crates/some/src/lib.rs", "");
        self.write("clawlets/docs/page.md", "");
    }

    fn put_nixpkgs(&self) {
        self.copy(&workspace_root().join("nix/tests/nixpkgs"), "nixpkgs");
        let programs = program("clawlets").parent().unwrap().to_owned();
        self.write("nixpkgs/built.nix", &format!("{:?}\n", programs.to_str().unwrap()));
        if let Some(lib) = std::env::var_os("NIXPKGS_LIB") {
            fs::remove_dir_all(self.path("nixpkgs/lib")).unwrap();
            self.copy(Path::new(&lib), "nixpkgs/lib");
        }
    }

    fn copy(&self, from: &Path, to: &str) {
        let to = self.path(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        Run::of(Command::new("cp").arg("-R").arg(from).arg(to)).succeeds();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs `clawlets` beside the project.
    pub(crate) fn clawlets(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(program("clawlets"));
        command.args(arguments).current_dir(self.folder.path()).env("NO_COLOR", "1");
        Run::of(command.env("HOME", self.path("home")))
    }

    /// `nix` on an output of the project: nothing is fetched, and nothing stays.
    pub(crate) fn nix(&self, verb: &[&str], output: &str) -> Command {
        let mut command = self.offline(verb);
        command.args(["--override-input", "clawlets", &self.flake("clawlets")]);
        command.args(["--override-input", "clawlets/nixpkgs", &self.flake("nixpkgs")]);
        command.arg(format!("{}#{output}", self.flake("project")));
        command
    }

    /// What `nix flake check` says of the project, and of the flake that it calls.
    pub(crate) fn flake_checks(&self) -> [Run; 2] {
        let check = |flake: &str, inputs: &[(&str, &str)]| {
            let mut command = self.offline(&["flake", "check", "--no-build"]);
            for (input, instead) in inputs {
                command.args(["--override-input", input, &self.flake(instead)]);
            }
            Run::of(command.arg(self.flake(flake)))
        };
        [
            check("project", &[("clawlets", "clawlets"), ("clawlets/nixpkgs", "nixpkgs")]),
            check("clawlets", &[("nixpkgs", "nixpkgs")]),
        ]
    }

    fn flake(&self, name: &str) -> String {
        format!("path:{}", self.path(name).display())
    }

    fn offline(&self, verb: &[&str]) -> Command {
        let mut command = Command::new("nix");
        command.args(["--extra-experimental-features", "nix-command flakes"]);
        for (option, value) in
            [("substitute", "false"), ("sandbox", "false"), ("build-users-group", ""), ("flake-registry", "")]
        {
            command.args(["--option", option, value]);
        }
        command.args(verb).arg("--no-write-lock-file");
        self.at_home(command)
    }

    /// `nix-instantiate`, which looks at single files.
    pub(crate) fn instantiate(&self) -> Command {
        self.at_home(Command::new("nix-instantiate"))
    }

    /// With a store below this folder.
    fn at_home(&self, mut command: Command) -> Command {
        for (variable, folder) in [
            ("NIX_STORE_DIR", "nix/store"),
            ("NIX_STATE_DIR", "nix/state"),
            ("NIX_LOG_DIR", "nix/log"),
            ("NIX_CONF_DIR", "nix/conf"),
            ("HOME", "home"),
        ] {
            command.env(variable, self.path(folder));
        }
        command.env_remove("NIX_PATH").env_remove("NIX_REMOTE").current_dir(self.folder.path());
        command
    }

    /// The value of an output, which must have one.
    pub(crate) fn eval(&self, output: &str) -> Value {
        Run::of(&mut self.nix(&["eval", "--json"], output)).json()
    }

    /// A part of a host's configuration.
    pub(crate) fn config(&self, host: &str, part: &str) -> Value {
        self.eval(&format!("nixosConfigurations.{host}.config.{part}"))
    }

    /// Why an output has no value.
    pub(crate) fn refusal(&self, output: &str) -> String {
        let run = Run::of(&mut self.nix(&["eval", "--json"], output));
        assert!(!run.ok(), "{output} has a value: {}", run.out());
        run.talk()
    }

    /// The content of the file that a part of a host's configuration names; it is built for that.
    pub(crate) fn text(&self, host: &str, part: &str) -> String {
        let output = format!("nixosConfigurations.{host}.config.{part}");
        Run::of(&mut self.nix(&["eval", "--raw", "--apply", "builtins.readFile"], &output)).succeeds()
    }

    /// Builds an output.
    pub(crate) fn build(&self, output: &str) -> PathBuf {
        let built = Run::of(&mut self.nix(&["build", "--no-link", "--json"], output)).json();
        PathBuf::from(built[0]["outputs"]["out"].as_str().unwrap())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // A store is read-only, and only root may delete it so.
        let _ = Command::new("chmod").args(["-R", "u+w"]).arg(self.folder.path()).status();
    }
}

/// The output that is a host's system.
pub(crate) fn system(host: &str) -> String {
    format!("packages.x86_64-linux.\"{host}-system\".drvPath")
}

/// A fleet with one host, on which somebody may log in.
pub(crate) fn declaration(host: &Value) -> Value {
    json!({
        "schemaVersion": 13,
        "defaultHost": "web-1",
        "fleet": { "sshAuthorizedKeys": [KEY] },
        "hosts": { "web-1": host },
    })
}

/// The texts of a list.
pub(crate) fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}
