//! The command line of QEMU for one guest.

use std::{
    ffi::OsString,
    os::fd::{AsRawFd, BorrowedFd, RawFd},
    process::Command,
};

use super::spec::{Accelerator, GuestSpec};

/// Denies QEMU what an intruder would want first: new processes, other identities, other limits, forgotten calls.
const SANDBOX: &str = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
/// Everything that the accelerator can offer.
pub(super) const PROCESSOR: &str = "max";
/// Addresses of QEMU's user network. The guest is configured to match, without DHCP.
const NETWORK: &str = "user,id=net0,net=10.0.2.0/24,host=10.0.2.2,ipv6=off";
/// Quiet and quick: one serial port, no timer calibration against devices that an emulated machine has not got right,
/// and a panic restarts the guest at once instead of leaving it to hang.
const KERNEL: &str = "console=ttyS0 quiet panic=-1 8250.nr_uarts=1 no_timer_check cryptomgr.notests";

/// What QEMU inherits from the shim, by number: both must survive the exec.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inherited<'a> {
    /// Speaks QEMU's monitor protocol.
    pub(super) monitor: BorrowedFd<'a>,
    /// Takes what the guest writes to its serial port.
    pub(super) console: BorrowedFd<'a>,
}

/// The command that runs the guest. No secret is among the arguments.
pub(super) fn command(spec: &GuestSpec, inherited: Inherited<'_>) -> Command {
    let mut command = Command::new(&spec.machine.qemu);
    command.args(arguments(spec, inherited.monitor.as_raw_fd(), inherited.console.as_raw_fd()));
    command
}

fn arguments(spec: &GuestSpec, monitor: RawFd, console: RawFd) -> Vec<OsString> {
    let machine = &spec.machine;
    let id = spec.server_id;
    let accelerator = match machine.accelerator {
        Accelerator::Kvm => "kvm".to_owned(),
        Accelerator::Tcg => format!("tcg,tb-size={}", machine.translation_cache_mib),
    };
    let kernel = format!("{KERNEL} {}", spec.boot.command_line);
    let mut arguments: Vec<OsString> = [
        ["-machine", "q35,usb=off,smbus=off,sata=off,graphics=off"],
        ["-accel", &accelerator],
        ["-cpu", PROCESSOR],
        ["-m", &format!("{}M", machine.memory_mib)],
        ["-smp", &machine.cores.to_string()],
        ["-append", kernel.trim_end()],
        ["-netdev", NETWORK],
        ["-device", &format!("virtio-net-pci,netdev=net0,romfile=,mac={}", spec.mac_address())],
        ["-object", "rng-random,id=rng0,filename=/dev/urandom"],
        ["-device", "virtio-rng-pci,rng=rng0"],
        ["-smbios", &format!("type=1,manufacturer=Hetzner,product=vServer,serial={id}")],
        ["-chardev", &format!("socket,id=console,fd={console}")],
        ["-serial", "chardev:console"],
        ["-chardev", &format!("socket,id=monitor,fd={monitor}")],
        ["-mon", "chardev=monitor,mode=control"],
        ["-sandbox", SANDBOX],
        ["-display", "none"],
        ["-name", &format!("server-{id}")],
    ]
    .into_iter()
    .flatten()
    .map(OsString::from)
    .collect();
    arguments.extend(["-nodefaults", "-no-user-config"].map(OsString::from));
    for (flag, path) in [("-kernel", &spec.boot.kernel), ("-initrd", &spec.boot.initramfs)] {
        arguments.extend([flag.into(), path.clone().into_os_string()]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_data_and_keys_are_not_on_the_command_line() {
        let mut spec = GuestSpec::example();
        spec.user_data = "token-of-the-guest".to_owned();
        let line = arguments(&spec, 8, 9).join(&OsString::from(" ")).into_string().unwrap();
        assert!(line.contains("serial=1700000042") && line.contains("-sandbox on,"), "{line}");
        assert!(!line.contains("token-of-the-guest") && !line.contains("ssh-ed25519"), "{line}");
    }
}
