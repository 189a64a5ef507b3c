//! A host in a folder of its own: its store, its secrets, what runs on it, and the mirrors that it asks.

use std::{
    fs,
    ops::{Deref, DerefMut},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use clawlets_release::value::StorePath;
use clawlets_tests::{Run, skip};
use serde_json::Value;

use crate::{
    publisher::Publisher,
    site::Site,
    store::{Builder, Quality},
};

pub(crate) struct World {
    // Ends before its folder does.
    uptime: Uptime,
    folder: tempfile::TempDir,
    builder: Builder,
    pub(crate) publisher: Publisher,
    pub(crate) mirrors: Vec<Option<Site>>,
    cache: Site,
}

/// A program that was started. It ends with the test, however that ends.
pub(crate) struct Started(Child);

impl Deref for Started {
    type Target = Child;
    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Started {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The time since the host booted, in a file as the kernel writes it. It can be set, and passes by itself.
struct Uptime {
    /// Seconds that are to be added to the age of this value.
    more: Arc<AtomicU64>,
    begun: Instant,
    is_over: Arc<AtomicBool>,
    writer: Option<JoinHandle<()>>,
}

impl Uptime {
    fn in_file(path: PathBuf) -> Self {
        let (more, is_over, begun) =
            (Arc::new(AtomicU64::new(60)), Arc::new(AtomicBool::new(false)), Instant::now());
        let (added, ends) = (Arc::clone(&more), Arc::clone(&is_over));
        let write = move || {
            let seconds = begun.elapsed().as_secs() + added.load(Ordering::SeqCst);
            let new = path.with_extension("new");
            fs::write(&new, format!("{seconds}.00 0.00\n")).unwrap();
            fs::rename(new, &path).unwrap();
        };
        write();
        let writer = thread::spawn(move || {
            while !ends.load(Ordering::SeqCst) {
                write();
                thread::sleep(Duration::from_millis(50));
            }
        });
        Self { more, begun, is_over, writer: Some(writer) }
    }
}

impl Drop for Uptime {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl World {
    /// A host that runs the system it was installed with. `None` when this machine has no Nix, which is said aloud.
    pub(crate) fn new(test: &str) -> Option<Self> {
        let has_nix = Command::new("nix").arg("--version").stdout(Stdio::null()).status().is_ok();
        if !has_nix || !Path::new("/bin/busybox").exists() {
            assert!(std::env::var_os("CI").is_none(), "nix or busybox is missing: run scripts/setup --tests");
            skip(test, "nix or busybox is missing");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let builder = Builder::new(&folder.path().join("builder"));
        let folders = ["mirror-1", "mirror-2"].map(|name| folder.path().join(name));
        fs::create_dir_all(folder.path().join("host")).unwrap();
        let world = Self {
            uptime: Uptime::in_file(folder.path().join("host/uptime")),
            publisher: Publisher::new(&folders),
            mirrors: folders.iter().map(|folder| Some(Site::of(folder))).collect(),
            cache: Site::of(&builder.cache()),
            folder,
            builder,
        };
        for name in ["run", "nix/var/nix/profiles"] {
            fs::create_dir_all(world.host().join(name)).unwrap();
        }
        fs::write(world.host().join("boot-id"), format!("{:032x}\n", 1)).unwrap();
        world.write_config("");
        world.install();
        Some(world)
    }

    /// Everything of the host lies here.
    pub(crate) fn host(&self) -> PathBuf {
        self.folder.path().join("host")
    }

    pub(crate) fn build(&self, name: &str, quality: Quality) -> StorePath {
        self.builder.build(name, quality, &self.host())
    }

    /// Builds and publishes a release with secrets of its own.
    pub(crate) fn publish(&self, number: u64, quality: Quality) -> StorePath {
        let system = self.build(&number.to_string(), quality);
        self.publisher.publish(number, &system, &self.publisher.bundle(number), &self.host());
        system
    }

    /// Runs `clawlets-host`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }

    /// Starts `clawlets-host update apply` and leaves it running.
    pub(crate) fn start_apply(&self) -> Started {
        self.start(&["update", "apply"])
    }

    /// Starts `clawlets-host` and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str]) -> Started {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Started(command.spawn().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
        command.args(arguments).arg("--config").arg(self.host().join("host.toml"));
        command.env("HOME", self.folder.path()).env("NIX_CONF_DIR", self.folder.path().join("conf"));
        command.env("NO_COLOR", "1");
        command
    }

    pub(crate) fn status(&self) -> Value {
        self.run(&["update", "status", "--json"]).json()
    }

    /// The file of the host's folder as text; empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.host().join(name)).unwrap_or_default()
    }

    /// The system that runs.
    pub(crate) fn running(&self) -> String {
        fs::read_link(self.host().join("run/current-system")).unwrap().display().to_string()
    }

    /// The names of the secrets that are in use.
    pub(crate) fn secrets_in_use(&self) -> Vec<String> {
        names(&self.host().join("run/secrets"))
    }

    /// The host runs this system, boots it by default, and has its secrets in use.
    pub(crate) fn must_be_at(&self, system: &StorePath, number: u64) {
        assert_eq!(self.running(), system.as_str());
        assert_eq!(self.text("boot-default").trim(), system.as_str());
        let profiles = self.host().join("nix/var/nix/profiles");
        let generation = fs::read_link(profiles.join("system")).unwrap();
        assert_eq!(fs::read_link(profiles.join(generation)).unwrap(), Path::new(system.as_str()));
        assert_eq!(self.secrets_in_use(), [format!("token_{number}.yaml")]);
    }

    /// The waits between attempts are over.
    pub(crate) fn waits_are_over(&self) {
        let path = self.host().join("state/state.json");
        let mut state: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for tried in state["tries"].as_object_mut().unwrap().values_mut() {
            tried["notBefore"] = "2026-01-01T00:00:00Z".into();
        }
        fs::write(path, serde_json::to_vec(&state).unwrap()).unwrap();
    }

    /// Time passes on this host, faster than on others.
    pub(crate) fn passes(&self, seconds: u64) {
        self.uptime.more.fetch_add(seconds, Ordering::SeqCst);
        let expected = self.uptime.begun.elapsed().as_secs() + self.uptime.more.load(Ordering::SeqCst);
        clawlets_tests::eventually("the kernel says so", || {
            let text = self.text("uptime");
            let shown: u64 = text.split('.').next()?.parse().ok()?;
            (shown >= expected).then_some(())
        });
    }

    /// The machine goes down and comes up again, with what it boots.
    pub(crate) fn reboots_into(&self, system: &str, boot: u128) {
        fs::write(self.host().join("boot-id"), format!("{boot:032x}\n")).unwrap();
        let script = format!("{}{system}/bin/switch-to-configuration", self.host().display());
        // What is booted is activated, and changes no boot entry.
        Run::of(Command::new(script).arg("test")).succeeds();
    }

    pub(crate) fn write_config(&self, more: &str) {
        let host = self.host();
        let host = host.display();
        let urls: Vec<_> = self.mirrors.iter().flatten().map(|site| format!("{:?}", site.url())).collect();
        let text = format!(
            "host = 'web-1'\nsystem = 'x86_64-linux'\n\
             [paths]\nstate = '{host}/state'\nfloor = '{host}/floor/floor.json'\nsecrets = '{host}/secrets'\n\
             current_system = '{host}/run/current-system'\nboot_id = '{host}/boot-id'\nuptime = '{host}/uptime'\n\
             [updates]\nbase_urls = [{urls}]\npublic_keys = ['{key}']\ndeadline = '5s'\n\
             on_found = ['touch', '{host}/found']\n\
             [cache]\nsubstituters = ['{cache}']\ntrusted_public_keys = ['{cache_key}']\n\
             [nix]\nroot = '{host}'\ngc_roots = '{host}/nix/var/nix/gcroots/clawlets'\n\
             profile = '{host}/nix/var/nix/profiles/system'\n\
             candidate_profile = '{host}/nix/var/nix/profiles/system-profiles/candidate'\n\
             options = {{ build-users-group = '', connect-timeout = '5', download-attempts = '1' }}\n\
             [switch]\nlauncher = []\n\
             [health]\nprobation = '1s'\ninterval = '1s'\n{more}\n",
            urls = urls.join(", "),
            key = self.publisher.public_key(),
            cache = self.cache.url(),
            cache_key = self.builder.public_key(),
        );
        fs::write(self.host().join("host.toml"), text).unwrap();
    }

    /// Installs the first system, as whoever set up the host did.
    fn install(&self) {
        let system = self.build("installed", Quality::Good);
        let mut realise = Command::new("nix-store");
        realise.arg("--store").arg(self.host()).args(["--realise", system.as_str()]);
        let key = self.builder.public_key();
        let cache = self.cache.url();
        for (option, value) in
            [("substituters", &*cache), ("trusted-public-keys", &*key), ("build-users-group", "")]
        {
            realise.args(["--option", option, value]);
        }
        Run::of(realise.env("HOME", self.folder.path())).succeeds();
        let profiles = self.host().join("nix/var/nix/profiles");
        symlink(system.as_str(), profiles.join("system-1-link")).unwrap();
        symlink("system-1-link", profiles.join("system")).unwrap();
        fs::write(self.host().join("boot-default"), format!("{system}\n")).unwrap();
        self.reboots_into(system.as_str(), 1);
    }
}

/// What lies in a folder, sorted; nothing when it is not there.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
