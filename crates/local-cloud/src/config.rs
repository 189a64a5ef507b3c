//! What the owner of a local cloud decides.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use crate::vm::{Accelerator, Machine, shim::ContainmentSettings};

/// Settings of one local cloud.
#[derive(Clone, Debug)]
pub struct Config {
    /// Holds `local.json` and, below `local/`, everything else that must survive. Created if it is missing.
    pub state_dir: PathBuf,
    /// Holds what can be made again: kernels, images, the verdict about KVM.
    pub cache_dir: PathBuf,
    /// Where to listen; must be a loopback address. Port 0 takes the port of the run before if it is free, else any.
    pub listen: SocketAddr,
    /// The program and first arguments that run [`crate::shim::run`] on the path appended to them.
    pub shim_command: Vec<OsString>,
    /// Bounds of the project, as a cloud provider has them.
    pub limits: Limits,
    /// How guests run on this machine.
    pub guest: GuestLimits,
    /// Whether guests are copied from templates, or each is booted.
    pub copies: Copies,
}

/// Whether guests are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copies {
    /// Every guest is booted from nothing.
    Never,
    /// Guests are copied from a template where the image allows it. Some are kept ready.
    FromTemplates(PoolSize),
}

/// How many guests that are nobody yet are kept ready. Each takes some 60 MB, and no processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolSize {
    /// Two if the machine has memory to spare, else none.
    BySpareMemory,
    /// So many, at most 64; none with zero.
    Fixed(usize),
}

/// Bounds of the project.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many servers may exist; one more is answered with 403 `resource_limit_exceeded`.
    pub servers: usize,
    /// How many requests may come in a burst. One more becomes possible every second.
    pub requests: u32,
}

/// How guests run on this machine.
#[derive(Clone, Debug)]
pub struct GuestLimits {
    /// The QEMU program: a path, or a name to be found by the shell's rules.
    pub qemu: PathBuf,
    /// Whether guests use the processor's virtualisation.
    pub accelerator: AcceleratorChoice,
    /// Mebibytes of memory per gigabyte that the server type promises.
    pub memory_mib_per_gb: u32,
    /// The least memory of a guest, in mebibytes.
    pub memory_mib_min: u32,
    /// The most memory of a guest, in mebibytes.
    pub memory_mib_max: u32,
    /// The most processors of a guest, whatever its type promises.
    pub cores_max: u32,
    /// Mebibytes that QEMU may use for translated code when it emulates the processor.
    pub translation_cache_mib: u32,
    /// How QEMU is contained.
    pub containment: ContainmentSettings,
}

/// Whether guests use the processor's virtualisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceleratorChoice {
    /// Use KVM if a guest has really been started with it on this boot of the machine, else emulate.
    Probe,
    /// Always use KVM.
    Kvm,
    /// Always emulate.
    Emulate,
}

/// The address to listen on is not a loopback address.
#[derive(Debug, thiserror::Error)]
#[error("the local cloud listens on loopback only, not on {0}")]
pub struct NotLoopback(pub SocketAddr);

impl Config {
    /// Settings with the defaults of every bound: `127.0.0.1` on a free port, 20 servers, 256 MiB for the smallest
    /// guest.
    #[must_use]
    pub fn new(state_dir: PathBuf, cache_dir: PathBuf, shim_command: Vec<OsString>) -> Self {
        Self {
            state_dir,
            cache_dir,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            shim_command,
            limits: Limits { servers: 20, requests: 3600 },
            guest: GuestLimits::default(),
            copies: Copies::FromTemplates(PoolSize::BySpareMemory),
        }
    }

    /// Refuses an address that other machines could reach.
    pub(crate) fn check(&self) -> Result<(), NotLoopback> {
        if self.listen.ip().is_loopback() { Ok(()) } else { Err(NotLoopback(self.listen)) }
    }
}

/// The pool of a machine with memory to spare.
const USUAL_POOL: usize = 2;
/// Memory that must be available for it, in KiB: that of the pool, its template and some guests, several times over.
const SPARE_MEMORY_KIB: u64 = 2 * 1024 * 1024;

impl PoolSize {
    /// The number of guests, on this machine as it is now.
    pub(crate) fn guests(self) -> usize {
        match self {
            Self::Fixed(guests) => guests,
            Self::BySpareMemory => {
                let known = std::fs::read_to_string("/proc/meminfo").ok();
                let available = known.as_deref().and_then(available_kib).unwrap_or_default();
                if available >= SPARE_MEMORY_KIB { USUAL_POOL } else { 0 }
            }
        }
    }
}

fn available_kib(meminfo: &str) -> Option<u64> {
    let value = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    value.trim().strip_suffix(" kB")?.parse().ok()
}

impl Default for GuestLimits {
    fn default() -> Self {
        Self {
            qemu: PathBuf::from("qemu-system-x86_64"),
            accelerator: AcceleratorChoice::Probe,
            memory_mib_per_gb: 64,
            memory_mib_min: 256,
            memory_mib_max: 4096,
            cores_max: 1,
            translation_cache_mib: 64,
            containment: ContainmentSettings::default(),
        }
    }
}

impl GuestLimits {
    /// A machine of this size. It has no control group.
    pub(crate) fn machine(&self, memory_mib: u32, cores: u32, accelerator: Accelerator) -> Machine {
        Machine {
            qemu: self.qemu.clone(),
            accelerator,
            memory_mib,
            cores,
            translation_cache_mib: self.translation_cache_mib,
            containment: self.containment.clone(),
            group: None,
        }
    }

    /// The memory of a guest whose server type promises `gigabytes`, in mebibytes.
    pub(crate) fn memory_mib(&self, gigabytes: u32) -> u32 {
        gigabytes.saturating_mul(self.memory_mib_per_gb).clamp(self.memory_mib_min, self.memory_mib_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_others_can_reach_is_refused() {
        let mut config = Config::new("/s".into(), "/c".into(), Vec::new());
        assert!(config.check().is_ok());
        config.listen = SocketAddr::from(([0, 0, 0, 0], 0));
        assert!(config.check().is_err());
    }

    #[test]
    fn available_memory_is_read_as_the_kernel_writes_it() {
        let meminfo = "MemTotal:       24683520 kB\nMemAvailable:   24143100 kB\n";
        assert_eq!(available_kib(meminfo), Some(24_143_100));
        assert_eq!(available_kib("MemTotal: 1 kB\n"), None);
        assert_eq!(PoolSize::Fixed(7).guests(), 7);
    }

    #[test]
    fn memory_follows_the_server_type_between_its_bounds() {
        let guest = GuestLimits::default();
        for (gigabytes, mib) in [(1, 256), (4, 256), (8, 512), (16, 1024), (192, 4096)] {
            assert_eq!(guest.memory_mib(gigabytes), mib, "{gigabytes} GB");
        }
    }
}
