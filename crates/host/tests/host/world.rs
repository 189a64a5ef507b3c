//! A host in a folder of its own: its store, its secrets, what runs on it, and the mirrors that it asks.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_release::value::StorePath;
use clawlets_tests::{Run, skip};
use rustix::fs::{StatVfsMountFlags, statvfs};
use serde_json::Value;
use toml::Table;

use crate::{
    hostile::Authority,
    machine::Candidate,
    publisher::Publisher,
    site::Site,
    started::Started,
    store::{Quality, systems},
    uptime::Uptime,
};

pub(crate) struct World {
    // Ends before its folder does.
    uptime: Uptime,
    folder: tempfile::TempDir,
    pub(crate) publisher: Publisher,
    pub(crate) mirrors: Vec<Option<Site>>,
    cache: Option<Site>,
}

/// The file, beside the host, that a check of a release leaves when it was tried.
pub(crate) const TRIED: &str = "tried";
/// What Nix needs to know about a host that is thrown away. It need not wait for the disk, nor keep eight megabytes of it.
const NIX: [(&str, &str); 5] = [
    ("build-users-group", ""),
    ("connect-timeout", "5"),
    ("download-attempts", "1"),
    ("fsync-metadata", "false"),
    ("gc-reserved-space", "0"),
];

/// A system that is nowhere, for a host that never comes to run another one.
const INSTALLED: &str = "/nix/store/00000000000000000000000000000000-installed";

/// Whether this machine has what systems are built with. That it has not is said aloud.
fn has_nix(test: &str) -> bool {
    let is_there = Command::new("nix").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if is_there.is_ok() && Path::new("/bin/busybox").exists() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "nix or busybox is missing: run scripts/setup --tests");
    skip(test, "nix or busybox is missing");
    false
}

/// A folder for a host. A host waits for its disk at every step, so it lies in memory where that has room and lets programs
/// be run.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let is_fit = statvfs(memory).is_ok_and(|found| {
        let room = found.f_bavail.saturating_mul(found.f_frsize);
        room >= 1 << 30 && !found.f_flag.contains(StatVfsMountFlags::NOEXEC)
    });
    let in_memory = is_fit.then(|| tempfile::tempdir_in(memory).ok()).flatten();
    in_memory.unwrap_or_else(|| tempfile::tempdir().unwrap())
}

impl World {
    /// A host that runs the system it was installed with. `None` when this machine has no Nix, which is said aloud.
    pub(crate) fn new(test: &str) -> Option<Self> {
        if !has_nix(test) {
            return None;
        }
        let mut world = Self::empty();
        world.cache = Some(Site::of(&systems().cache()));
        world.write_config("");
        world.install();
        Some(world)
    }

    /// A host that nobody can build for: what it refuses before it comes to that needs no Nix.
    pub(crate) fn bare() -> Self {
        let world = Self::empty();
        fs::create_dir_all(world.host().join("run")).unwrap();
        symlink(INSTALLED, world.host().join("run/current-system")).unwrap();
        world.write_config("");
        world
    }

    fn empty() -> Self {
        let folder = folder();
        let folders = ["mirror-1", "mirror-2"].map(|name| folder.path().join(name));
        fs::create_dir_all(folder.path().join("host")).unwrap();
        let world = Self {
            uptime: Uptime::in_file(folder.path().join("uptime"), folder.path().join(TRIED)),
            publisher: Publisher::new(&folders),
            mirrors: folders.iter().map(|folder| Some(Site::of(folder))).collect(),
            folder,
            cache: None,
        };
        fs::write(world.host().join("boot-id"), format!("{:032x}\n", 1)).unwrap();
        world
    }

    /// The folder of everything, the host's and what is around it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything of the host lies here.
    pub(crate) fn host(&self) -> PathBuf {
        self.folder.path().join("host")
    }

    /// A cache of this host alone, with what the shared one has now. What is in it may be changed.
    pub(crate) fn own_cache(&mut self) -> PathBuf {
        let folder = self.folder.path().join("cache");
        Run::of(Command::new("cp").arg("-R").arg(systems().cache()).arg(&folder)).succeeds();
        self.cache = Some(Site::of(&folder));
        self.write_config("");
        folder
    }

    /// An authority that vouches for mirrors, made when it is asked for.
    pub(crate) fn authority(&self) -> Authority {
        Authority::in_folder(&self.folder.path().join("authority"))
    }

    /// Where its certificate is, once it was made.
    pub(crate) fn authority_file(&self) -> PathBuf {
        self.folder.path().join("authority/ca.pem")
    }

    /// Publishes a release with secrets of its own.
    pub(crate) fn publish(&self, number: u64, quality: Quality) -> StorePath {
        let system = systems().system(&number.to_string(), quality);
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

    /// `clawlets-host` with these arguments, for this host.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
        command.args(arguments);
        self.at_home(&mut command);
        command
    }

    /// The rest of a command line of `clawlets-host`.
    pub(crate) fn at_home(&self, command: &mut Command) {
        command.arg("--config").arg(self.host().join("host.toml"));
        command.env("HOME", self.folder.path()).env("NIX_CONF_DIR", self.folder.path().join("conf"));
        command.env("NO_COLOR", "1");
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
        assert_eq!(self.profile(), system.as_str());
        assert_eq!(self.secrets_in_use(), [format!("token_{number}.yaml")]);
    }

    /// The system that the profile leads to.
    pub(crate) fn profile(&self) -> String {
        let profiles = self.host().join("nix/var/nix/profiles");
        let generation = fs::read_link(profiles.join("system")).unwrap();
        fs::read_link(profiles.join(generation)).unwrap().display().to_string()
    }

    /// The waits between attempts are over.
    pub(crate) fn waits_are_over(&self) {
        let path = self.host().join("state/state.json");
        let Ok(bytes) = fs::read(&path) else { return };
        let mut state: Value = serde_json::from_slice(&bytes).unwrap();
        for tried in state["tries"].as_object_mut().unwrap().values_mut() {
            tried["notBefore"] = "2026-01-01T00:00:00Z".into();
        }
        fs::write(path, serde_json::to_vec(&state).unwrap()).unwrap();
    }

    /// Time passes on this host.
    pub(crate) fn passes(&self, seconds: u64) {
        self.uptime.passes(seconds);
        let expected = self.uptime.shown();
        clawlets_tests::eventually("the kernel says so", || {
            let text = fs::read_to_string(self.folder.path().join("uptime")).ok()?;
            let shown: u64 = text.split('.').next()?.parse().ok()?;
            (shown >= expected).then_some(())
        });
    }

    /// From now on a probation takes its time.
    pub(crate) fn probations_take_their_time(&self) {
        self.uptime.takes_its_time();
    }

    /// The clock on the host's wall shows this from now on, and stands still.
    pub(crate) fn clock_shows(&self, time: jiff::Timestamp) {
        let (path, new) = (self.host().join("wall"), self.host().join("wall.new"));
        fs::write(&new, format!("{}\n", time.as_second())).unwrap();
        fs::rename(new, path).unwrap();
    }

    /// Writes the host's configuration, with these tables merged into it.
    pub(crate) fn write_config(&self, more: &str) {
        let urls: Vec<_> = self.mirrors.iter().flatten().map(Site::url).collect();
        self.write_config_with(&urls, &[more]);
    }

    /// The same, with other mirrors.
    pub(crate) fn write_config_with(&self, mirrors: &[String], more: &[&str]) {
        let host = self.host();
        let host = host.display();
        let (substituters, cache_keys) = match &self.cache {
            Some(cache) => (vec![cache.url()], vec![systems().public_key()]),
            None => (Vec::new(), Vec::new()),
        };
        let text = format!(
            "host = 'web-1'\nsystem = 'x86_64-linux'\n\
             [paths]\nstate = '{host}/state'\nfloor = '{host}/floor/floor.json'\nsecrets = '{host}/secrets'\n\
             current_system = '{host}/run/current-system'\nboot_id = '{host}/boot-id'\nuptime = '{folder}/uptime'\n\
             [updates]\nbase_urls = {mirrors:?}\npublic_keys = ['{key}']\ndeadline = '5s'\n\
             on_found = ['touch', '{host}/found']\n\
             [cache]\nsubstituters = {substituters:?}\ntrusted_public_keys = {cache_keys:?}\n\
             [nix]\nroot = '{host}'\ngc_roots = '{host}/nix/var/nix/gcroots/clawlets'\n\
             profile = '{host}/nix/var/nix/profiles/system'\n\
             candidate_profile = '{host}/nix/var/nix/profiles/system-profiles/candidate'\n\
             options = {{ {options} }}\n\
             [switch]\nlauncher = []\n\
             [reboot]\ncommand = ['touch', '{host}/reboot']\n\
             [health]\nprobation = '1s'\ninterval = '1s'\n",
            folder = self.folder.path().display(),
            options = NIX.map(|(name, value)| format!("{name} = '{value}'")).join(", "),
            key = self.publisher.public_key(),
        );
        let mut config: Table = toml::from_str(&text).unwrap();
        if self.host().join("wall").exists() {
            merge(&mut config, toml::from_str(&format!("[paths]\nwall_clock = '{host}/wall'\n")).unwrap());
        }
        more.iter().for_each(|more| merge(&mut config, toml::from_str(more).unwrap()));
        fs::write(self.host().join("host.toml"), toml::to_string(&config).unwrap()).unwrap();
    }

    /// Installs the first system, as whoever set up the host did.
    fn install(&self) {
        for name in ["run", "nix/var/nix/profiles"] {
            fs::create_dir_all(self.host().join(name)).unwrap();
        }
        let system = systems().system("installed", Quality::Good);
        let mut realise = Command::new("nix-store");
        realise.arg("--store").arg(self.host()).args(["--realise", system.as_str()]);
        let (cache, key) = (self.cache.as_ref().unwrap().url(), systems().public_key());
        for (option, value) in
            NIX.into_iter().chain([("substituters", &*cache), ("trusted-public-keys", &*key)])
        {
            realise.args(["--option", option, value]);
        }
        Run::of(realise.env("HOME", self.folder.path())).succeeds();
        let profiles = self.host().join("nix/var/nix/profiles");
        symlink(system.as_str(), profiles.join("system-1-link")).unwrap();
        symlink("system-1-link", profiles.join("system")).unwrap();
        fs::write(self.host().join("boot-default"), format!("{system}\n")).unwrap();
        self.comes_up(1, Candidate::ComesUp);
    }
}

/// Copies a folder with all that is in it, its links as links.
pub(crate) fn copy(from: &Path, to: &Path) {
    Run::of(Command::new("cp").arg("-a").arg(from).arg(to)).succeeds();
}

/// Removes a folder, also one in which nothing may be written.
pub(crate) fn remove(folder: &Path) {
    Run::of(Command::new("chmod").args(["-R", "u+w"]).arg(folder)).succeeds();
    fs::remove_dir_all(folder).unwrap();
}

/// Puts what is in the second table into the first, table by table.
fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(into)), toml::Value::Table(from)) => merge(into, from),
            (_, value) => _ = into.insert(key, value),
        }
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
