//! The command line of QEMU for one guest.
//!
//! A template and its copies must be the same machine: a device more, another memory size or processor, and the state
//! does not fit. (Another processor is not even noticed: the copy hangs.) So what they have in common is one list, and
//! [`identity`] says what must be equal.

use std::{
    ffi::OsString,
    os::fd::{AsRawFd, BorrowedFd, RawFd},
    process::Command,
};

use clawlets_model::claim::{PARK_WORD, PORT_NAME};

use super::{
    shim::containment::{INITRAMFS, KERNEL as KERNEL_FILE},
    spec::{Accelerator, Birth, GuestSpec, SnapshotFiles},
};

/// Denies QEMU what an intruder would want first: new processes, other identities, other limits, forgotten calls.
const SANDBOX: &str = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
/// Everything that the accelerator can offer.
pub(super) const PROCESSOR: &str = "max";
/// The same for the emulator, without the claim that string instructions are the fastest way to clear and copy memory. It
/// executes them byte by byte, where kernels and libraries otherwise take eight bytes at a time.
const EMULATED_PROCESSOR: &str = "max,-erms,-fsrm";
/// A machine with little on it.
const MACHINE: &str = "q35,usb=off,smbus=off,sata=off,graphics=off";
/// Addresses of QEMU's user network. The guest is configured to match, without DHCP.
const NETWORK: &str = "user,id=net0,net=10.0.2.0/24,host=10.0.2.2,ipv6=off";
/// Quiet and quick: one serial port, no timer calibration against devices that an emulated machine has not got right, no
/// accounts that nobody reads, no access control without a policy (but what programs may ask of it for themselves), and a
/// panic restarts the guest at once instead of leaving it to hang.
const KERNEL: &str = "console=ttyS0 quiet panic=-1 8250.nr_uarts=1 no_timer_check cryptomgr.notests \
    lsm=landlock audit=0 psi=0 nowatchdog";
/// An emulator executes every precaution against a speculating processor, step by step, and does not speculate. Its clock
/// is the host's, which needs no second one to watch it, and an idle processor halts.
const KERNEL_OF_EMULATED: &str = "mitigations=off tsc=reliable idle=halt";
/// There is no IPv6 around a guest, and a copy would begin its life by looking for some.
const KERNEL_OF_TEMPLATES: &str = "ipv6.disable=1";

/// What QEMU inherits from the shim, by number: all must survive the exec.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inherited<'a> {
    /// Speaks QEMU's monitor protocol.
    pub(super) monitor: BorrowedFd<'a>,
    /// Takes what the guest writes to its serial port.
    pub(super) console: BorrowedFd<'a>,
    /// The host's end of the claim port, for guests that have one.
    pub(super) claim: Option<BorrowedFd<'a>>,
}

/// The same by their numbers.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    monitor: RawFd,
    console: RawFd,
    claim: RawFd,
}

/// The command that runs the guest. No secret is among the arguments.
pub(super) fn command(spec: &GuestSpec, inherited: Inherited<'_>) -> Command {
    let mut command = Command::new(&spec.machine.qemu);
    command.args(arguments(
        spec,
        Numbers {
            monitor: inherited.monitor.as_raw_fd(),
            console: inherited.console.as_raw_fd(),
            claim: inherited.claim.map_or(-1, |claim| claim.as_raw_fd()),
        },
    ));
    command
}

/// Everything about the command line of a template for `spec` that its copies depend on.
pub(super) fn identity(spec: &GuestSpec) -> Vec<OsString> {
    let files = SnapshotFiles { memory: 0, state: 0 };
    let spec = GuestSpec { birth: Birth::Template(files), ..spec.clone() };
    arguments(&spec, Numbers { monitor: 0, console: 0, claim: 0 })
}

fn arguments(spec: &GuestSpec, numbers: Numbers) -> Vec<OsString> {
    let Numbers { monitor, console, claim } = numbers;
    let machine = &spec.machine;
    let (accelerator, processor) = match machine.accelerator {
        Accelerator::Kvm => ("kvm".to_owned(), PROCESSOR),
        Accelerator::Tcg => (format!("tcg,tb-size={}", machine.translation_cache_mib), EMULATED_PROCESSOR),
    };
    let memory_mib = machine.memory_mib;
    let mac = spec.mac_address();
    let mut arguments = Arguments::default();
    match spec.birth {
        Birth::Boot => {
            arguments.add("-machine", MACHINE);
            arguments.add("-device", format!("virtio-net-pci,netdev=net0,romfile=,mac={mac}"));
            arguments.add("-smbios", smbios(spec.server_id));
            arguments.add("-name", format!("server-{}", spec.server_id));
            boot(&mut arguments, spec, "");
        }
        Birth::Template(files) => {
            copied_machine(&mut arguments, files, memory_mib, "on", &mac);
            claim_port(&mut arguments, claim);
            boot(&mut arguments, spec, &format!("{KERNEL_OF_TEMPLATES} {PARK_WORD}"));
        }
        Birth::Clone(files) | Birth::Fresh(files) | Birth::Spare(files) => {
            copied_machine(&mut arguments, files, memory_mib, "off", &mac);
            claim_port(&mut arguments, claim);
            arguments.add("-incoming", "defer");
            arguments.flag("-S");
        }
    }
    arguments.add("-accel", accelerator);
    arguments.add("-cpu", processor);
    arguments.add("-m", format!("{memory_mib}M"));
    arguments.add("-smp", machine.cores.to_string());
    arguments.add("-netdev", NETWORK);
    arguments.add("-object", "rng-random,id=rng0,filename=/dev/urandom");
    arguments.add("-device", "virtio-rng-pci,rng=rng0");
    arguments.add("-chardev", format!("socket,id=console,fd={console}"));
    arguments.add("-serial", "chardev:console");
    arguments.add("-chardev", format!("socket,id=monitor,fd={monitor}"));
    arguments.add("-mon", "chardev=monitor,mode=control");
    arguments.add("-sandbox", SANDBOX);
    arguments.add("-display", "none");
    arguments.flag("-nodefaults");
    arguments.flag("-no-user-config");
    arguments.0
}

#[derive(Debug, Default)]
struct Arguments(Vec<OsString>);

impl Arguments {
    fn flag(&mut self, flag: &str) {
        self.0.push(flag.into());
    }

    fn add(&mut self, option: &str, value: impl Into<OsString>) {
        self.0.extend([option.into(), value.into()]);
    }
}

fn boot(arguments: &mut Arguments, spec: &GuestSpec, more: &str) {
    let emulated = match spec.machine.accelerator {
        Accelerator::Kvm => "",
        Accelerator::Tcg => KERNEL_OF_EMULATED,
    };
    let words = [KERNEL, emulated, &spec.boot.command_line, more];
    let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
    arguments.add("-append", words.join(" "));
    arguments.add("-kernel", KERNEL_FILE);
    arguments.add("-initrd", INITRAMFS);
}

/// A machine whose memory is an inherited file: written to while there is a template (`share` is `on`), and mapped
/// copy-on-write by its copies (`off`). It never restarts, because a copy has no kernel to start.
fn copied_machine(arguments: &mut Arguments, files: SnapshotFiles, memory_mib: u32, share: &str, mac: &str) {
    let memory = files.memory;
    arguments.add("-machine", format!("{MACHINE},memory-backend=ram"));
    let backend = format!(
        "memory-backend-file,id=ram,size={memory_mib}M,mem-path=/proc/self/fd/{memory},share={share}"
    );
    arguments.add("-object", backend);
    // A resumed guest would tell neighbours that it does not have where it is.
    let device = format!("virtio-net-pci,netdev=net0,romfile=,mac={mac},guest_announce=off");
    arguments.add("-device", device);
    arguments.add("-smbios", smbios(0));
    arguments.flag("-no-reboot");
}

fn claim_port(arguments: &mut Arguments, claim: RawFd) {
    arguments.add("-device", "virtio-serial-pci,id=serial0,max_ports=2");
    arguments.add("-chardev", format!("socket,id=claim,fd={claim}"));
    arguments.add("-device", format!("virtserialport,bus=serial0.0,chardev=claim,name={PORT_NAME}"));
}

fn smbios(serial: u64) -> String {
    format!("type=1,manufacturer=Hetzner,product=vServer,serial={serial}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: SnapshotFiles = SnapshotFiles { memory: 11, state: 12 };

    fn line(birth: Birth) -> String {
        let spec = GuestSpec { birth, user_data: "token-of-the-guest".to_owned(), ..GuestSpec::example() };
        let arguments = arguments(&spec, Numbers { monitor: 8, console: 9, claim: 10 });
        arguments.join(&OsString::from(" ")).into_string().unwrap()
    }

    #[test]
    fn user_data_and_keys_are_not_on_the_command_line() {
        for birth in [Birth::Boot, Birth::Template(FILES), Birth::Clone(FILES), Birth::Spare(FILES)] {
            let line = line(birth);
            assert!(line.contains("-sandbox on,"), "{line}");
            assert!(!line.contains("token-of-the-guest") && !line.contains("ssh-ed25519"), "{line}");
        }
        assert!(line(Birth::Boot).contains("serial=1700000042"));
    }

    #[test]
    fn only_a_template_may_write_to_the_memory_that_copies_share_and_only_it_is_told_to_park() {
        let template = line(Birth::Template(FILES));
        assert!(template.contains("mem-path=/proc/self/fd/11,share=on"), "{template}");
        assert!(template.contains(" ipv6.disable=1 clawlets.park "), "{template}");
        for birth in [Birth::Clone(FILES), Birth::Fresh(FILES), Birth::Spare(FILES)] {
            let line = line(birth);
            assert!(line.contains("mem-path=/proc/self/fd/11,share=off"), "{line}");
            assert!(!line.contains("-kernel") && line.contains("-incoming defer -S"), "{line}");
        }
        assert!(!line(Birth::Boot).contains("park"));
    }

    #[test]
    fn the_identity_of_a_machine_is_not_that_of_a_server() {
        let one = GuestSpec::example();
        let other = GuestSpec { server_id: 7, hostname: "b".to_owned(), ..GuestSpec::example() };
        assert_eq!(identity(&one), identity(&other));
        let mut bigger = GuestSpec::example();
        bigger.machine.memory_mib = 512;
        assert_ne!(identity(&one), identity(&bigger));
    }
}
