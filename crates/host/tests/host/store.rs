//! Real systems, built by the real Nix, and a binary cache that signs them. Tests share them: they are built once, and
//! built again when this file changes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use clawlets_release::value::{Sha256Digest, StorePath};
use clawlets_tests::Run;

/// What a system does when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The same, and its health check fails.
    SickKernel,
    /// It has no switch script.
    Scriptless,
    /// It fills the disk that the updater writes to, and its health check fails.
    FillsDisk,
}

impl Quality {
    /// Whether a host that gets it keeps it.
    pub(crate) const fn is_kept(self) -> bool {
        matches!(self, Self::Good | Self::NewKernel)
    }

    pub(crate) const fn is_to_be_booted(self) -> bool {
        matches!(self, Self::NewKernel | Self::SickKernel)
    }
}

/// Whoever builds systems, with a store, a cache and a key of that cache.
pub(crate) struct Systems {
    folder: PathBuf,
    // One build at a time in this process, and by the lock in the folder in all.
    turn: Mutex<()>,
}

/// The systems of all tests.
pub(crate) fn systems() -> &'static Systems {
    static SHARED: OnceLock<Systems> = OnceLock::new();
    SHARED.get_or_init(|| Systems::in_folder(Path::new(env!("CARGO_TARGET_TMPDIR")).join("systems")))
}

impl Systems {
    fn in_folder(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).unwrap();
        let systems = Self { folder, turn: Mutex::default() };
        let turn = systems.take_turn();
        let stamp = Sha256Digest::of(include_bytes!("store.rs")).to_string();
        if fs::read_to_string(systems.folder.join("stamp")).ok().as_ref() != Some(&stamp) {
            systems.begin_anew();
            fs::write(systems.folder.join("stamp"), stamp).unwrap();
        }
        drop(turn);
        systems
    }

    fn begin_anew(&self) {
        for entry in fs::read_dir(&self.folder).unwrap().flatten().filter(|entry| entry.file_name() != "lock")
        {
            let path = entry.path();
            if path.is_dir() {
                // What Nix built cannot be written, not even by its owner.
                Run::of(Command::new("chmod").args(["-R", "u+w"]).arg(&path)).succeeds();
                fs::remove_dir_all(path).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
        }
        fs::create_dir_all(self.folder.join("busybox/bin")).unwrap();
        fs::create_dir_all(self.folder.join("built")).unwrap();
        fs::copy("/bin/busybox", self.folder.join("busybox/bin/busybox")).unwrap();
        let [secret, public] = ["key", "key.pub"].map(|name| self.folder.join(name));
        let mut keys = Command::new("nix-store");
        keys.args(["--generate-binary-cache-key", "cache-1"]).args([secret, public]);
        Run::of(self.at_home(&mut keys)).succeeds();
    }

    fn take_turn(&self) -> (MutexGuard<'_, ()>, File) {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = File::create(self.folder.join("lock")).unwrap();
        lock.lock().unwrap();
        (turn, lock)
    }

    /// The public half of the cache's key.
    pub(crate) fn public_key(&self) -> String {
        fs::read_to_string(self.folder.join("key.pub")).unwrap().trim().to_owned()
    }

    /// The folder of the cache.
    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.join("cache")
    }

    /// The system of this name, built and in the cache.
    pub(crate) fn system(&self, name: &str, quality: Quality) -> StorePath {
        let _turn = self.take_turn();
        let built = self.folder.join(format!("built/{name}-{quality:?}"));
        if let Ok(path) = fs::read_to_string(&built) {
            return StorePath::parse(&path).unwrap();
        }
        let path = self.build(name, quality);
        fs::write(built, path.as_str()).unwrap();
        path
    }

    fn build(&self, name: &str, quality: Quality) -> StorePath {
        let path = self.folder.join("system.nix");
        fs::write(&path, expression(&self.folder, name, quality)).unwrap();
        let mut build = Command::new("nix-build");
        build.arg("--store").arg(self.folder.join("store")).args(["--no-out-link", "-Q"]);
        for (option, value) in [("build-users-group", ""), ("substitute", "false"), ("sandbox", "false")] {
            build.args(["--option", option, value]);
        }
        let built = Run::of(self.at_home(build.arg(&path))).succeeds();
        let system = StorePath::parse(built.trim()).unwrap();
        let [store, cache, key] =
            ["store", "cache", "key"].map(|name| self.folder.join(name).display().to_string());
        let to = format!("file://{cache}?secret-key={key}&compression=none");
        let mut copy = Command::new("nix");
        copy.args(["--extra-experimental-features", "nix-command", "copy"]);
        copy.args(["--store", &store, "--to", &to, system.as_str()]);
        Run::of(self.at_home(&mut copy)).succeeds();
        system
    }

    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("HOME", &self.folder).env("NIX_CONF_DIR", self.folder.join("conf"))
    }
}

/// A system whose switch script does to its host what a real one does: what runs, what may boot and what does by default,
/// and the secrets of what runs. It finds its host by its own place in that host's store.
fn expression(folder: &Path, name: &str, quality: Quality) -> String {
    let is_sick = matches!(quality, Quality::Sick | Quality::SickKernel | Quality::FillsDisk);
    let health = if is_sick { "sick" } else { "fine" };
    let ending = match quality {
        Quality::Broken => "exit 1",
        Quality::Hangs => "exec sleep 120",
        Quality::FillsDisk => "cat /dev/zero > $here/state/ballast 2>/dev/null || exit 0",
        Quality::Good | Quality::Sick | Quality::NewKernel | Quality::SickKernel | Quality::Scriptless => {
            "exit 0"
        }
    };
    let kernel = if quality.is_to_be_booted() { "new" } else { "old" };
    let place = if quality == Quality::Scriptless { "bin/other" } else { "bin/switch-to-configuration" };
    let script = format!(
        "#!/bin/sh\n\
         set -e\n\
         here=${{0%/nix/store/*}}\n\
         echo \"$1 {name}\" >> $here/switches.log\n\
         case $1 in test|switch) \
         rm -rf $here/run/secrets; \
         if [ -d $here/secrets/systems/@base@ ]; then cp -R $here/secrets/systems/@base@/. $here/run/secrets; fi; \
         echo {health} > $here/run/health; ln -sfn @out@ $here/run/current-system;; esac\n\
         case $1 in boot|switch) \
         for link in $here/nix/var/nix/profiles/system-profiles/*-link; do \
         [ -L $link ] || continue; name=${{link##*/}}; name=${{name%-link}}; \
         echo nixos-${{name%-*}}-generation-${{name##*-}}.conf $(readlink $link); \
         done > $here/boot-entries.new; mv $here/boot-entries.new $here/boot-entries; \
         echo @out@ > $here/boot-default.new; mv $here/boot-default.new $here/boot-default;; \
         esac\n\
         {ending}\n",
    );
    let build = format!(
        "b=$busybox/bin/busybox; $b mkdir -p $out/bin $out/sw/bin; \
         $b sed -e \"s|@out@|$out|g\" -e \"s|@base@|$($b basename $out)|g\" $scriptPath > $out/{place}; \
         $b chmod +x $out/{place}; echo $kernel > $out/kernel; echo > $out/sw/bin/clawlets-host"
    );
    // What Nix would fill in by itself.
    let text = |text: &str| format!("{text:?}").replace("${", "\\${");
    format!(
        "let busybox = builtins.path {{ path = {folder}/busybox; name = \"busybox\"; }}; in\n\
         derivation {{ name = \"system-{name}\"; system = \"x86_64-linux\"; inherit busybox; kernel = \"{kernel}\";\n\
         script = {script}; passAsFile = [ \"script\" ];\n\
         builder = \"${{busybox}}/bin/busybox\"; args = [ \"sh\" \"-c\" {build} ]; }}\n",
        folder = folder.display(),
        script = text(&script),
        build = text(&build),
    )
}
