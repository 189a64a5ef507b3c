//! A daemon for one test.

use std::{
    ffi::OsString,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use clawlets_local_cloud::{Endpoint, down, status};
use serde_json::{Value, json};

use super::{Answer, Api, Emulator, eventually};

const NOBODY: u32 = 65534;

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
        Self::start_by(Command::new(program()), folder, emulator).await
    }

    /// Like [`TestCloud::start`], as a user without any privilege. Only root can do that.
    pub(crate) async fn start_as_nobody(emulator: Emulator) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The program may be where only root can read it.
        let copy = folder.path().join("program");
        // Not `fs::copy`: another test that starts a process meanwhile would hold our copy open for writing, and a file
        // that somebody may write to cannot be run.
        assert!(Command::new("cp").args([&program(), &copy]).status().unwrap().success());
        chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        let mut command = Command::new(copy);
        command.uid(NOBODY).gid(NOBODY);
        let cloud = Self::start_by(command, folder, emulator).await;
        match emulator {
            Emulator::Script => {}
            Emulator::Qemu | Emulator::Copied | Emulator::Cattle => cloud.register_readable_image().await,
        }
        cloud
    }

    async fn start_by(command: Command, folder: tempfile::TempDir, emulator: Emulator) -> Self {
        let daemon = spawn(command, folder.path(), emulator);
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

    /// The directories of guests that are nobody's.
    pub(crate) fn nobodies(&self) -> Vec<PathBuf> {
        let below = |name: &str| {
            let folder = std::fs::read_dir(self.state_dir().join("local").join(name));
            folder.map_or_else(|_| Vec::new(), |entries| entries.map(|entry| entry.unwrap().path()).collect())
        };
        [below("templates"), below("pool")].concat()
    }

    /// The directories of guests that have been restored and have never run.
    pub(crate) fn fresh(&self) -> Vec<PathBuf> {
        let folder = std::fs::read_dir(self.state_dir().join("local/fresh"));
        folder.map_or_else(|_| Vec::new(), |entries| entries.map(|entry| entry.unwrap().path()).collect())
    }

    /// Waits until a guest has been restored that has never run.
    pub(crate) async fn has_fresh(&self) {
        eventually("there is a fresh copy", async || {
            let pool = self.api.get("/_local/pool").await.expect(200).body["pool"].clone();
            (pool["fresh"] == 1).then_some(())
        })
        .await;
    }

    /// Waits until the template of the expected guests can be copied.
    pub(crate) async fn has_template(&self) {
        eventually("there is a template", async || {
            let pool = self.api.get("/_local/pool").await.expect(200).body["pool"].clone();
            let progress = pool["templates"][0]["progress"].clone();
            assert_ne!(progress["state"], "failed", "{pool}");
            (progress["state"] == "ready").then_some(())
        })
        .await;
    }

    /// Asks for a pool of this size, and waits until it is full.
    pub(crate) async fn has_pool(&self, size: usize) {
        self.api.post("/_local/pool", json!({ "size": size })).await.expect(200);
        self.pool_is_full(size).await;
    }

    /// Waits until the pool holds so many guests.
    pub(crate) async fn pool_is_full(&self, size: usize) {
        eventually("the pool is full", async || {
            let pool = self.api.get("/_local/pool").await.expect(200).body["pool"].clone();
            (pool["parked"] == size && pool["making"] == 0).then_some(())
        })
        .await;
    }

    /// How a server's guest came to be.
    pub(crate) async fn origin(&self, server: u64) -> String {
        let timeline = self.api.get(&format!("/_local/servers/{server}/timeline")).await.expect(200);
        timeline.body["timeline"]["origin"].as_str().unwrap_or("none").to_owned()
    }

    /// Registers the image for real guests once more, as copies that every user can read.
    async fn register_readable_image(&self) {
        self.register_copy_of_the_image("of the copies").await;
    }

    /// Registers the image for real guests once more, from copies of its files.
    pub(crate) async fn register_copy_of_the_image(&self, digest: &str) {
        let manifest = self.emulator.cache(self.folder()).join("images/clawlets-cattle/image.json");
        let mut image: Value = serde_json::from_slice(&std::fs::read(manifest).unwrap()).unwrap();
        for name in ["kernel", "initramfs"] {
            let copy = self.folder().join(name);
            std::fs::copy(image[name].as_str().unwrap(), &copy).unwrap();
            std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o644)).unwrap();
            image[name] = copy.to_str().unwrap().into();
        }
        image["digest"] = digest.into();
        let manifest = self.folder().join("readable.json");
        std::fs::write(&manifest, image.to_string()).unwrap();
        self.api.post("/_local/images", json!({ "manifest": manifest })).await.expect(201);
    }

    /// Kills the daemon without warning.
    pub(crate) fn kill_daemon(&mut self) {
        self.daemon.kill().unwrap();
        self.daemon.wait().unwrap();
    }

    /// Asks the daemon to end, and waits until it has.
    pub(crate) fn tell_daemon_to_end(&mut self) {
        let pid = self.daemon.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.daemon.wait().unwrap();
    }

    /// Starts another daemon over the same state.
    pub(crate) async fn restart(&mut self) {
        self.daemon = spawn(Command::new(program()), self.folder.path(), self.emulator);
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

fn spawn(mut command: Command, folder: &Path, emulator: Emulator) -> Child {
    let qemu: OsString = emulator.program(folder).into();
    // No pool, until a test asks for one.
    command.arg("serve").args([folder.join("state"), emulator.cache(folder)]).args([qemu, "0".into()]);
    command.stdin(Stdio::null()).spawn().unwrap()
}

async fn reach(folder: &Path, daemon: &Child) -> Endpoint {
    let state_dir = folder.join("state");
    eventually("the daemon serves", async || {
        status(&state_dir).ok()?.daemon.filter(|endpoint| endpoint.pid == daemon.id())
    })
    .await
}
