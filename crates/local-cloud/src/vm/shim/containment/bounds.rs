//! How much of the machine one guest may take.

use rustix::process::Resource;

use crate::vm::spec::{Accelerator, Machine};

const MIB: u64 = 1024 * 1024;
/// Addresses that QEMU needs beside the guest's memory and the translated code: libraries, stacks, its heap. It was seen
/// to use 350 MiB.
const ADDRESSES: u64 = 1024 * MIB;
/// Memory that QEMU and bubblewrap need beside the guest's and the translated code. They were seen to use 40 MiB.
const OVERHEAD: u64 = 256 * MIB;
/// Threads beside one for each processor of the guest.
const THREADS: u64 = 32;
/// Each connection of the guest takes one file.
const FILES: u64 = 256;
/// The longest file that QEMU writes: the state of a template without its memory.
const FILE_SIZE: u64 = 16 * MIB;
/// Microseconds in which the processor time of a group is counted.
const PERIOD: u64 = 100_000;

/// What one guest may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    cores: u64,
    /// The guest's memory and the translated code.
    memory: u64,
}

impl Bounds {
    pub(super) fn of(machine: &Machine) -> Self {
        let translated = match machine.accelerator {
            Accelerator::Kvm => 0,
            Accelerator::Tcg => machine.translation_cache_mib,
        };
        let memory = (u64::from(machine.memory_mib) + u64::from(translated)) * MIB;
        Self { cores: u64::from(machine.cores), memory }
    }

    /// For each process by itself.
    pub(super) fn resources(self) -> Vec<(Resource, u64)> {
        vec![
            (Resource::As, self.memory + ADDRESSES),
            (Resource::Nproc, THREADS + self.cores),
            (Resource::Nofile, FILES),
            (Resource::Fsize, FILE_SIZE),
            (Resource::Core, 0),
            (Resource::Memlock, 0),
        ]
    }

    /// For all processes of the guest together: files of a version 2 control group, and what is written to them. The
    /// processor time is that of the guest's processors and half of one more for what QEMU does itself.
    pub(super) fn group(self) -> [(&'static str, String); 5] {
        [
            ("memory.max", (self.memory + OVERHEAD).to_string()),
            ("memory.swap.max", "0".to_owned()),
            ("memory.oom.group", "1".to_owned()),
            ("pids.max", (2 * THREADS + self.cores).to_string()),
            ("cpu.max", format!("{} {PERIOD}", self.cores * PERIOD + PERIOD / 2)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::spec::GuestSpec;

    #[test]
    fn bounds_grow_with_the_machine() {
        let mut machine = GuestSpec::example().machine;
        let small = Bounds::of(&machine);
        assert_eq!(small.resources()[0].1, (256 + 64 + 1024) * MIB);
        assert_eq!(small.group()[0].1, ((256 + 64 + 256) * MIB).to_string());
        assert_eq!(small.group()[4].1, "150000 100000");
        machine.memory_mib = 4096;
        machine.cores = 4;
        let large = Bounds::of(&machine);
        assert_eq!(large.resources()[0].1, (4096 + 64 + 1024) * MIB);
        assert_eq!(large.group()[4].1, "450000 100000");
    }
}
