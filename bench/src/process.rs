//! What the kernel says about a running process.

use std::{fs, time::Duration};

/// How often the threads of a process went to sleep or were put to sleep, and how long they ran.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Activity {
    /// How often a thread was run because it had something to do: the number of times that it gave the processor up by
    /// itself.
    pub(crate) wakeups: u64,
    /// Time on a processor, in milliseconds.
    pub(crate) millis: f64,
}

impl Activity {
    /// Since the process began, of all threads that it has now.
    pub(crate) fn of(process: u32) -> Self {
        let mut sum = Self::default();
        let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return sum };
        for thread in threads.flatten() {
            let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            sum.wakeups += number(&status, "voluntary_ctxt_switches:");
            let schedule = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
            let nanos = schedule.split_whitespace().next().and_then(|word| word.parse::<u64>().ok());
            sum.millis += nanos.unwrap_or(0) as f64 / 1e6;
        }
        sum
    }

    /// What happened since `before`. Threads that ended meanwhile are not seen.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            wakeups: self.wakeups.saturating_sub(before.wakeups),
            millis: (self.millis - before.millis).max(0.0),
        }
    }
}

/// How long all threads of a process ran since it began, those that ended included. The kernel counts in hundredths of a
/// second.
pub(crate) fn processor_time(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name may hold blanks, so fields are counted behind it: user time is the 12th, system time the 13th.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks: u64 =
        fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second())
}

/// The memory of a process, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Memory {
    /// All that is in memory, shared or not.
    pub(crate) resident: f64,
    /// Its share: what others use as well counts in part.
    pub(crate) proportional: f64,
    /// The most that was in memory at any time.
    pub(crate) peak: f64,
}

impl Memory {
    /// Of a process, now; nothing when it is gone.
    pub(crate) fn of(process: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
        let bytes = |text: &str, key| number(text, key) as f64 * 1024.0;
        Self {
            resident: bytes(&status, "VmRSS:"),
            proportional: bytes(&rollup, "Pss:"),
            peak: bytes(&status, "VmHWM:"),
        }
    }
}

/// Every process below `ancestor`, it included. Guests are started by daemons that outlive their parents, so their
/// processes are also found by a folder that their command lines name.
pub(crate) fn family(ancestor: u32, folder: &str) -> Vec<u32> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let names_folder = String::from_utf8_lossy(&command).contains(folder);
        processes.push((id, u32::try_from(number(&status, "PPid:")).unwrap_or(0), names_folder));
    }
    let mut found: Vec<u32> =
        processes.iter().filter(|(id, _, names)| *names || *id == ancestor).map(|(id, ..)| *id).collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        for (id, of, _) in &processes {
            if *of == parent && !found.contains(id) {
                found.push(*id);
            }
        }
    }
    found.retain(|id| *id != std::process::id());
    found
}

/// The first number behind a key at the beginning of a line.
fn number(text: &str, key: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_and_runs() {
        let memory = Memory::of(std::process::id());
        assert!(memory.resident > 0.0 && memory.peak >= memory.proportional);
        let mut child = std::process::Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        let begun = std::time::Instant::now();
        while Activity::of(child.id()).millis == 0.0 && begun.elapsed().as_secs() < 60 {
            std::thread::yield_now();
        }
        let millis = Activity::of(child.id()).millis;
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(millis > 0.0);
    }

    #[test]
    fn a_child_belongs_to_the_family() {
        let mut child = std::process::Command::new("sleep").arg("30").spawn().unwrap();
        let found = family(child.id(), "/no/such/folder");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found, [child.id()]);
    }
}
