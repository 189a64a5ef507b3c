//! A host that lies in a folder: its own store, systems that the real Nix built, and a site with releases.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_release::value::StorePath;
use clawlets_tests::program;

use super::{publisher::Publisher, site::Site};
use crate::interrupt;

pub(super) struct World {
    folder: tempfile::TempDir,
    pub(super) publisher: Publisher,
    pub(super) site: Site,
}

impl World {
    /// A host that runs the system it was installed with.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
        interrupt::remember(folder.path(), None);
        for name in ["site", "run", "nix/var/nix/profiles", "tools/bin"] {
            fs::create_dir_all(folder.path().join(name)).expect("the folder was just made");
        }
        fs::copy("/bin/busybox", folder.path().join("tools/bin/busybox")).expect("busybox is installed");
        let site = Site::of(&folder.path().join("site"));
        let world = Self { folder, publisher: Publisher::new(), site };
        world.write_config();
        let system = world.build("installed");
        symlink(system.as_str(), world.path("run/current-system")).expect("the folder was just made");
        world
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A system whose switch script says when it begins and ends.
    pub(super) fn build(&self, name: &str) -> StorePath {
        let here = self.folder.path().display();
        let script = format!(
            "#!/bin/sh\\necho \\\"$1 begins $(date +%s%N)\\\" >> {here}/moments\\n\
             case $1 in test|switch) ln -sfn @out@ {here}/run/current-system;; esac\\n\
             echo \\\"$1 ends $(date +%s%N)\\\" >> {here}/moments\\n"
        );
        let expression = format!(
            "let tools = builtins.path {{ path = {here}/tools; name = \"tools\"; }}; in derivation {{\n\
             name = \"system-{name}\"; system = \"x86_64-linux\"; inherit tools;\n\
             builder = \"${{tools}}/bin/busybox\"; script = \"{script}\"; passAsFile = [ \"script\" ];\n\
             args = [ \"sh\" \"-c\" \"b=$tools/bin/busybox; $b mkdir -p $out/bin $out/sw/bin; echo > $out/sw/bin/clawlets-host; \
             $b sed \\\"s|@out@|$out|\\\" $scriptPath > $out/bin/switch-to-configuration; $b chmod +x $out/bin/switch-to-configuration\" ];\n}}\n"
        );
        fs::write(self.path("system.nix"), expression).expect("the folder was just made");
        let mut build = Command::new("nix-build");
        build
            .arg("--store")
            .arg(self.folder.path())
            .args(["--no-out-link", "-Q"])
            .arg(self.path("system.nix"));
        for (option, value) in [("build-users-group", ""), ("substitute", "false"), ("sandbox", "false")] {
            build.args(["--option", option, value]);
        }
        build.env("HOME", self.folder.path()).env("NIX_CONF_DIR", self.path("conf"));
        let output = build.output().expect("nix is installed");
        let said = String::from_utf8_lossy(&output.stdout);
        StorePath::parse(said.trim())
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Publishes a release whose check is this line of shell.
    pub(super) fn publish(&self, number: u64, system: &StorePath, check: &str) {
        let check = ["sh", "-c", check].map(str::to_owned);
        self.publisher.release(number, system, 1, &check).put(number, &self.path("site"));
    }

    /// The host's program.
    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program("clawlets-host"));
        command.args(words).arg("--config").arg(self.path("host.toml"));
        command.env("HOME", self.folder.path()).env("NIX_CONF_DIR", self.path("conf"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Applies the newest release, as the first that works.
    pub(super) fn apply(&self) {
        let output = self.command(&["update", "apply"]).stderr(Stdio::piped()).output();
        let output = output.expect("the program lies beside this one");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The time in nanoseconds that a line of a file ends with, the last line that begins so.
    pub(super) fn moment(&self, file: &str, begins: &str) -> i128 {
        let text = fs::read_to_string(self.path(file)).unwrap_or_default();
        let line = text.lines().rev().find(|line| line.starts_with(begins)).unwrap_or_default();
        line.rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    fn write_config(&self) {
        let here = self.folder.path().display();
        let text = format!(
            "host = 'web-1'\nsystem = 'x86_64-linux'\n\
             [paths]\nstate = '{here}/state'\nfloor = '{here}/floor/floor.json'\nsecrets = '{here}/secrets'\n\
             current_system = '{here}/run/current-system'\n\
             [updates]\nbase_urls = ['{url}']\npublic_keys = ['{key}']\non_found = []\ninterval = '1s'\n\
             [nix]\nroot = '{here}'\ngc_roots = '{here}/nix/var/nix/gcroots/clawlets'\n\
             profile = '{here}/nix/var/nix/profiles/system'\n\
             candidate_profile = '{here}/nix/var/nix/profiles/system-profiles/candidate'\n\
             options = {{ build-users-group = '' }}\n\
             [switch]\nlauncher = []\n[reboot]\ncommand = ['true']\n[health]\nprobation = '2s'\ninterval = '1s'\n",
            url = self.site.url(),
            key = self.publisher.public_key(),
        );
        fs::write(self.path("host.toml"), text).expect("the folder was just made");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A store is read-only, and only root may delete it so.
        let _ = Command::new("chmod").args(["-R", "u+w"]).arg(Path::new(self.folder.path())).output();
    }
}
