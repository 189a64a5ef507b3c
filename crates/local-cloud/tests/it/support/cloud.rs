//! A daemon for one test.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use clawlets_local_cloud::{Endpoint, down, status};
use serde_json::json;

use super::{Answer, Api, Emulator, eventually};

/// A state directory, and the daemon that serves it.
pub(crate) struct TestCloud {
    folder: tempfile::TempDir,
    emulator: Emulator,
    daemon: Child,
    pub(crate) api: Api,
}

impl TestCloud {
    /// Starts a daemon over a new state directory. With the script, there is an image to make servers from.
    pub(crate) async fn start(emulator: Emulator) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let daemon = spawn(folder.path(), emulator);
        let api = Api::of(reach(folder.path(), &daemon).await);
        let cloud = Self { folder, emulator, daemon, api };
        if emulator == Emulator::Script {
            cloud.register_image("clawlets-cattle", "1").await;
        }
        cloud
    }

    pub(crate) fn state_dir(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The directory of a server's guest.
    pub(crate) fn guest_dir(&self, id: u64) -> PathBuf {
        self.state_dir().join("local/servers").join(id.to_string())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn daemon_pid(&self) -> u32 {
        self.daemon.id()
    }

    /// Registers an image whose files are not meant to be booted.
    pub(crate) async fn register_image(&self, name: &str, digest: &str) -> Answer {
        let file = self.folder.path().join(format!("{name}-{digest}"));
        std::fs::write(&file, digest).unwrap();
        let manifest = self.folder.path().join("image.json");
        let image = json!({
            "name": name, "description": "for tests", "labels": { "clawlets/image": "cattle" },
            "kernel": file, "initramfs": file, "kernel_version": "6.1", "digest": digest,
        });
        std::fs::write(&manifest, image.to_string()).unwrap();
        self.api.post("/_local/images", json!({ "manifest": manifest })).await
    }

    /// Kills the daemon without warning.
    pub(crate) fn kill_daemon(&mut self) {
        self.daemon.kill().unwrap();
        self.daemon.wait().unwrap();
    }

    /// Starts another daemon over the same state.
    pub(crate) async fn restart(&mut self) {
        self.daemon = spawn(self.folder.path(), self.emulator);
        self.api = Api::of(reach(self.folder.path(), &self.daemon).await);
    }
}

impl Drop for TestCloud {
    fn drop(&mut self) {
        let ended = down(&self.state_dir());
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}

/// The program that the daemons and shims of the tests are.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(2).unwrap();
    let program = target.join("examples/local_cloud");
    assert!(
        program.exists(),
        "{} is missing: cargo build -p clawlets-local-cloud --examples",
        program.display()
    );
    program
}

fn spawn(folder: &Path, emulator: Emulator) -> Child {
    let mut command = Command::new(program());
    let qemu: OsString = emulator.program(folder).into();
    command.arg("serve").args([folder.join("state"), emulator.cache(folder)]).arg(qemu);
    command.stdin(Stdio::null()).spawn().unwrap()
}

async fn reach(folder: &Path, daemon: &Child) -> Endpoint {
    let state_dir = folder.join("state");
    eventually("the daemon serves", async || {
        status(&state_dir).ok()?.daemon.filter(|endpoint| endpoint.pid == daemon.id())
    })
    .await
}
