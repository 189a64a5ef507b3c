//! Real store paths, built by the real Nix in a store of their own, and a binary cache that signs them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_release::value::StorePath;
use clawlets_tests::Run;

/// What a system does when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    /// Its health check succeeds.
    Good,
    /// Its health check fails.
    Sick,
    /// Its switch script fails.
    Broken,
    /// Its switch script does not end.
    Hangs,
    /// It has another kernel, so it must be booted.
    NewKernel,
}

/// Whoever builds systems.
pub(crate) struct Builder {
    folder: PathBuf,
}

impl Builder {
    /// A builder in a folder of its own, with a key for its cache.
    pub(crate) fn new(folder: &Path) -> Self {
        let builder = Self { folder: folder.to_owned() };
        fs::create_dir_all(folder.join("busybox/bin")).unwrap();
        fs::copy("/bin/busybox", folder.join("busybox/bin/busybox")).unwrap();
        let key = builder.nix(&["key", "generate-secret", "--key-name", "cache-1"]).succeeds();
        fs::write(folder.join("key"), key).unwrap();
        builder
    }

    /// The public half of the cache's key.
    pub(crate) fn public_key(&self) -> String {
        let script = format!(
            "nix {} key convert-secret-to-public < {}/key",
            FEATURES.join(" "),
            self.folder.display()
        );
        let features = script.replace("nix-command flakes", "'nix-command flakes'");
        let run = Run::of(self.at_home(Command::new("sh").args(["-c", &features])));
        run.succeeds().trim().to_owned()
    }

    /// Builds a system for the host below `host`, and puts it into the cache.
    pub(crate) fn build(&self, name: &str, quality: Quality, host: &Path) -> StorePath {
        let expression = expression(&self.folder, name, quality, host);
        let path = self.folder.join(format!("{name}.nix"));
        fs::write(&path, expression).unwrap();
        let mut build = Command::new("nix-build");
        build.arg("--store").arg(self.folder.join("store")).args(["--no-out-link", "-Q"]);
        for (option, value) in [("build-users-group", ""), ("substitute", "false"), ("sandbox", "false")] {
            build.args(["--option", option, value]);
        }
        let built = Run::of(self.at_home(build.arg(&path))).succeeds();
        let system = StorePath::parse(built.trim()).unwrap();
        let store = self.folder.join("store").display().to_string();
        let cache = self.folder.join("cache").display().to_string();
        let key = self.folder.join("key").display().to_string();
        let to = format!("file://{cache}?secret-key={key}&compression=none");
        self.nix(&["copy", "--store", &store, "--to", &to, system.as_str()]).succeeds();
        system
    }

    /// The folder of the cache.
    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.join("cache")
    }

    fn nix(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new("nix");
        command.args(FEATURES).args(arguments);
        Run::of(self.at_home(&mut command))
    }

    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("HOME", &self.folder).env("NIX_CONF_DIR", self.folder.join("conf"))
    }
}

const FEATURES: [&str; 2] = ["--extra-experimental-features", "nix-command flakes"];

/// A system whose switch script does to its host what a real one does: what runs, what boots, and the secrets of both.
fn expression(folder: &Path, name: &str, quality: Quality, host: &Path) -> String {
    let health = if quality == Quality::Sick { "sick" } else { "fine" };
    let ending = match quality {
        Quality::Broken => "exit 1",
        Quality::Hangs => "exec sleep 120",
        Quality::Good | Quality::Sick | Quality::NewKernel => "exit 0",
    };
    let kernel = if quality == Quality::NewKernel { "new" } else { "old" };
    let script = format!(
        "#!/bin/sh\n\
         set -e\n\
         echo \"$1 {name}\" >> {host}/switches.log\n\
         case $1 in test|switch) \
         rm -rf {host}/run/secrets; \
         if [ -d {host}/secrets/systems/@base@ ]; then cp -R {host}/secrets/systems/@base@/. {host}/run/secrets; fi; \
         echo {health} > {host}/run/health; ln -sfn @out@ {host}/run/current-system;; esac\n\
         case $1 in boot|switch) echo @out@ > {host}/boot-default;; esac\n\
         {ending}\n",
        host = host.display()
    );
    let build = "b=$busybox/bin/busybox; $b mkdir -p $out/bin $out/sw/bin; \
                 $b sed -e \"s|@out@|$out|g\" -e \"s|@base@|$($b basename $out)|g\" $scriptPath \
                 > $out/bin/switch-to-configuration; \
                 $b chmod +x $out/bin/switch-to-configuration; \
                 echo $kernel > $out/kernel; echo > $out/sw/bin/clawlets-host";
    format!(
        "let busybox = builtins.path {{ path = {folder}/busybox; name = \"busybox\"; }}; in\n\
         derivation {{ name = \"system-{name}\"; system = \"x86_64-linux\"; inherit busybox; kernel = \"{kernel}\";\n\
         script = {script:?}; passAsFile = [ \"script\" ];\n\
         builder = \"${{busybox}}/bin/busybox\"; args = [ \"sh\" \"-c\" {build} ]; }}\n",
        folder = folder.display(),
        script = script,
        build = format!("{build:?}").replace("$", "\\$"),
    )
}
