//! The tables of the file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clawlets_model::{BotId, Channel, HostName};
use clawlets_release::{
    document::Check,
    value::{Period, SystemName, UtcTime},
};
use serde::Deserialize;

use super::{
    AwsSecretsSettings, AwsSettings, BootstrapSettings, GithubSettings, SecretsSettings, SeedSettings,
    ToolSettings, WatchSettings,
};

/// Everything that this host's program knows about its world.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// This host.
    pub host: HostName,
    /// The machine that it is, as Nix names it.
    pub system: SystemName,
    /// The channel that it follows; `prod` by default.
    #[serde(default = "prod")]
    pub channel: Channel,
    /// Where things lie.
    #[serde(default)]
    pub paths: Paths,
    /// Where releases come from, and who is believed.
    #[serde(default)]
    pub updates: Updates,
    /// Where the parts of a system come from.
    #[serde(default)]
    pub cache: Caches,
    /// How secrets are opened, and for whom.
    #[serde(default)]
    pub secrets: SecretsSettings,
    /// How AWS is reached, for a host that boots from an image there.
    #[serde(default)]
    pub aws: AwsSettings,
    /// Which secrets come from AWS.
    #[serde(default)]
    pub aws_secrets: AwsSecretsSettings,
    /// What such a host starts from.
    #[serde(default)]
    pub bootstrap: BootstrapSettings,
    /// Nix.
    #[serde(default)]
    pub nix: Nix,
    /// How a running system is switched.
    #[serde(default)]
    pub switch: Switch,
    /// The boot loader.
    #[serde(default)]
    pub boot: Boot,
    /// Whether and how the host reboots.
    #[serde(default)]
    pub reboot: Reboot,
    /// What must work.
    #[serde(default)]
    pub health: HealthSettings,
    /// How the bots are watched.
    #[serde(default)]
    pub watch: WatchSettings,
    /// Access to GitHub.
    #[serde(default)]
    pub github: GithubSettings,
    /// What the host and its bots start out with.
    #[serde(default)]
    pub seed: SeedSettings,
    /// What is installed, for bots to know.
    #[serde(default)]
    pub tools: ToolSettings,
}

fn prod() -> Channel {
    Channel::parse("prod").expect("four letters are a channel")
}

impl Config {
    /// The folder of this host's secrets bundles.
    #[must_use]
    pub fn secrets_folder(&self) -> PathBuf {
        let usual = || Path::new("/var/lib/clawlets/secrets/hosts").join(self.host.as_str());
        self.paths.secrets.clone().unwrap_or_else(usual)
    }
}

/// Where things lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    /// The updater's state, a folder of its own.
    pub state: PathBuf,
    /// The second place of the floor. Best on another file system than the state.
    pub floor: PathBuf,
    /// The folder of secrets bundles; `/var/lib/clawlets/secrets/hosts/<host>` if not given.
    pub secrets: Option<PathBuf>,
    /// The link to the system that runs.
    pub current_system: PathBuf,
    /// The file that names this boot.
    pub boot_id: PathBuf,
    /// The file that begins with the seconds since boot.
    pub uptime: PathBuf,
    /// The file that says how much memory is available.
    pub meminfo: PathBuf,
    /// The file that holds the seconds since 1970, such as `/sys/class/rtc/rtc0/since_epoch`; the system's clock if not
    /// given.
    pub wall_clock: Option<PathBuf>,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            state: "/var/lib/clawlets/updates".into(),
            floor: "/var/lib/clawlets/update-floor/floor.json".into(),
            secrets: None,
            current_system: "/run/current-system".into(),
            boot_id: "/proc/sys/kernel/random/boot_id".into(),
            uptime: "/proc/uptime".into(),
            meminfo: "/proc/meminfo".into(),
            wall_clock: None,
        }
    }
}

/// Where releases come from, and who is believed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Updates {
    /// The mirrors: of each the URL below which `<host>/<channel>/latest.json` lies.
    pub base_urls: Vec<String>,
    /// Whether mirrors may be asked over plain HTTP. Those on this machine always may.
    pub plain_http: bool,
    /// The file of the authorities that vouch for the mirrors, in PEM, in the place of those that everybody believes.
    pub ca_file: Option<PathBuf>,
    /// How often `update run` looks for a release.
    pub interval: Period,
    /// How long one request to a mirror may take, from the first byte to the last.
    pub deadline: Period,
    /// The keys that sign, in minisign's form.
    pub public_keys: Vec<String>,
    /// Keys from before.
    pub previous_public_keys: Vec<String>,
    /// Until when those count.
    pub previous_valid_until: Option<UtcTime>,
    /// Keys that stay offline, and begin an epoch.
    pub recovery_public_keys: Vec<String>,
    /// The names of keys that count no more, 16 hexadecimal digits each.
    pub revoked_keys: Vec<String>,
    /// How old the newest pointer may be.
    pub max_age: Period,
    /// Whether a release may lack a signature. For development only.
    pub allow_unsigned: bool,
    /// Whether an older release of the same epoch may replace a newer one.
    pub allow_rollback: bool,
    /// Whether pointers of the tool before this one count.
    pub legacy_pointer: bool,
    /// What `update fetch` starts when there is something to apply; nothing if empty.
    pub on_found: Vec<String>,
}

impl Default for Updates {
    fn default() -> Self {
        Self {
            base_urls: Vec::new(),
            plain_http: false,
            ca_file: None,
            interval: period("30m"),
            deadline: period("30s"),
            public_keys: Vec::new(),
            previous_public_keys: Vec::new(),
            previous_valid_until: None,
            recovery_public_keys: Vec::new(),
            revoked_keys: Vec::new(),
            max_age: period("7d"),
            allow_unsigned: false,
            allow_rollback: false,
            legacy_pointer: false,
            on_found: words(&["systemctl", "start", "--no-block", "clawlets-update-apply.service"]),
        }
    }
}

/// Where the parts of a system come from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Caches {
    /// URLs of binary caches.
    pub substituters: Vec<String>,
    /// The keys that sign their contents, `name:base64`.
    pub trusted_public_keys: Vec<String>,
}

/// Nix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Nix {
    /// The program `nix-store`, with arguments that always come first.
    pub nix_store: Vec<String>,
    /// The program `nix-env`, likewise.
    pub nix_env: Vec<String>,
    /// The folder below which `/nix/store` lies, where it is not `/`.
    pub root: PathBuf,
    /// Settings of Nix that are set on every call.
    pub options: BTreeMap<String, String>,
    /// The folder of the roots that hold our releases.
    pub gc_roots: PathBuf,
    /// The profile from which the boot entries are made.
    pub profile: PathBuf,
    /// The profile of a system that is to boot once. Boot loaders only take names of letters and digits.
    pub candidate_profile: PathBuf,
    /// How long the parts of a system may take to arrive.
    pub deadline: Period,
}

impl Default for Nix {
    fn default() -> Self {
        Self {
            nix_store: words(&["nix-store"]),
            nix_env: words(&["nix-env"]),
            root: "/".into(),
            options: BTreeMap::new(),
            gc_roots: "/nix/var/nix/gcroots/clawlets".into(),
            profile: "/nix/var/nix/profiles/system".into(),
            candidate_profile: "/nix/var/nix/profiles/system-profiles/candidate".into(),
            deadline: period("4h"),
        }
    }
}

/// How a running system is switched.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Switch {
    /// The switch script in a system.
    pub script: PathBuf,
    /// What else must be in a system before it is tried: an updater, for one, or it could never be left again.
    pub needs: Vec<PathBuf>,
    /// What a switch is started with, so that it neither shares the updater's sandbox nor ends with it. If empty, it is
    /// a plain child.
    pub launcher: Vec<String>,
    /// What in a system speaks against a live switch when it differs from the one that runs.
    pub inhibitors: Vec<PathBuf>,
}

impl Default for Switch {
    fn default() -> Self {
        Self {
            script: "bin/switch-to-configuration".into(),
            needs: vec!["sw/bin/clawlets-host".into()],
            launcher: words(&["systemd-run", "--quiet", "--collect", "--no-block"]),
            inhibitors: ["kernel", "kernel-modules", "init-interface-version", "switch-inhibitors"]
                .map(PathBuf::from)
                .into(),
        }
    }
}

/// The boot loader.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Boot {
    /// Which.
    pub loader: Loader,
    /// The program `bootctl`, started by systemd unless this says otherwise, since it changes what firmware and boot
    /// partition hold.
    pub bootctl: Vec<String>,
    /// The program `grub-reboot`, likewise.
    pub grub_reboot: Vec<String>,
    /// The program `grub-editenv`, likewise.
    pub grub_editenv: Vec<String>,
    /// GRUB's environment block.
    pub grub_env: PathBuf,
}

impl Default for Boot {
    fn default() -> Self {
        Self {
            loader: Loader::None,
            bootctl: outside("bootctl"),
            grub_reboot: outside("grub-reboot"),
            grub_editenv: outside("grub-editenv"),
            grub_env: "/boot/grub/grubenv".into(),
        }
    }
}

/// Which boot loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loader {
    /// One that cannot boot anything once. Releases that need a reboot wait for somebody.
    None,
    /// systemd-boot.
    SystemdBoot,
    /// GRUB.
    Grub,
}

/// Whether and how the host reboots.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reboot {
    /// Whether it may reboot by itself.
    pub allowed: bool,
    /// What reboots it.
    pub command: Vec<String>,
    /// What takes the lock on reboots of a group of hosts: ends with 0 when this host may reboot. None if empty.
    pub take_lock: Vec<String>,
    /// What gives it back. None if empty.
    pub release_lock: Vec<String>,
}

impl Default for Reboot {
    fn default() -> Self {
        Self {
            allowed: false,
            command: words(&["systemctl", "reboot"]),
            take_lock: Vec::new(),
            release_lock: Vec::new(),
        }
    }
}

/// What must work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HealthSettings {
    /// For how long a release must work at least.
    pub probation: Period,
    /// How often each check is tried.
    pub interval: Period,
    /// What this host demands, beside what a release does.
    pub checks: Vec<Check>,
    /// The program `systemctl`.
    pub systemctl: Vec<String>,
    /// What prints the state of the tailnet as JSON.
    pub tailscale: Vec<String>,
    /// For each bot what prints the health of its gateway as JSON.
    pub gateways: BTreeMap<BotId, Vec<String>>,
    /// Folders whose file systems must have room.
    pub disks: Vec<PathBuf>,
    /// How much, in MiB.
    pub disk_free_mib: u64,
    /// How much memory must be available, in MiB.
    pub memory_free_mib: u64,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self {
            probation: period("2m"),
            interval: period("5s"),
            checks: Vec::new(),
            systemctl: words(&["systemctl"]),
            tailscale: words(&["tailscale", "status", "--json"]),
            gateways: BTreeMap::new(),
            disks: vec!["/".into()],
            disk_free_mib: 512,
            memory_free_mib: 64,
        }
    }
}

/// A program that changes what the updater's own sandbox lets nobody change.
fn outside(program: &str) -> Vec<String> {
    words(&["systemd-run", "--quiet", "--collect", "--wait", program])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

pub(super) fn period(text: &str) -> Period {
    Period::parse(text).expect("the defaults are written as periods are")
}
