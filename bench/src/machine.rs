//! The machine that was measured on.

use std::{
    fmt, fs,
    io::Write as _,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::latencies::Latencies;

/// How many small writes the disk is asked to keep, to learn how long one takes.
const SYNCS: usize = 50;

/// The machine that was measured on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    /// How many processors it has.
    pub(crate) cores: usize,
    /// Their name.
    pub(crate) processor: String,
    /// Its memory in bytes.
    pub(crate) memory: u64,
    /// The kernel's release.
    pub(crate) kernel: String,
    /// How long its disk takes to keep four kilobytes: the median of some `fdatasync` calls, in milliseconds.
    pub(crate) sync_millis: f64,
    /// How many processes wanted a processor on average in the minute before the measurement.
    pub(crate) load: f64,
}

impl Machine {
    /// This machine, now.
    pub(crate) fn this() -> Self {
        let name = line_of("/proc/cpuinfo", "model name");
        let memory = line_of("/proc/meminfo", "MemTotal");
        let kilobytes = memory.split_whitespace().next().and_then(|word| word.parse::<u64>().ok());
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            processor: name,
            memory: kilobytes.unwrap_or(0) * 1024,
            kernel: rustix::system::uname().release().to_string_lossy().into_owned(),
            sync_millis: sync_time().as_secs_f64() * 1e3,
            load: load.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0.0),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gib = self.memory as f64 / f64::from(1 << 30);
        write!(
            f,
            "{} × {}, {gib:.0} GiB, Linux {}, fdatasync {:.2} ms, load before {:.1}",
            self.cores, self.processor, self.kernel, self.sync_millis, self.load
        )
    }
}

/// What stands behind a key in one of the kernel's lists of `key : value`.
fn line_of(file: &str, key: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let found =
        text.lines().find_map(|line| line.strip_prefix(key)?.split_once(':').map(|(_, value)| value.trim()));
    found.unwrap_or("unknown").to_owned()
}

/// How long it takes until four kilobytes are on the disk on which measurements are made.
fn sync_time() -> Duration {
    let mut file = tempfile::tempfile().expect("a temporary file can be made");
    let mut times = Vec::new();
    for _ in 0..SYNCS {
        file.write_all(&[7; 4096]).expect("a temporary file can be written");
        let begun = Instant::now();
        file.sync_data().expect("a temporary file can be kept");
        times.push(begun.elapsed());
    }
    Latencies::new(times).quantile(0.5)
}
