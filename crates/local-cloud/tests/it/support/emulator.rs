//! What runs guests in a test: a script that only behaves like QEMU on the outside, or QEMU.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use clawlets_local_cloud::{ImageRequest, build_image};

use super::skip;

/// Greets on the monitor, says on the console that it runs and what it is asked, and ends at the power button.
const SCRIPT: &str = r#"#!/bin/bash
for argument in "$@"; do
    case $argument in
        socket,id=monitor,fd=*) monitor=${argument##*fd=} ;;
        socket,id=console,fd=*) console=${argument##*fd=} ;;
    esac
done
echo '{"QMP": {"version": {}}}' >&"$monitor"
echo "booted" >&"$console"
while read -r line <&"$monitor"; do
    echo "$line" >&"$console"
    echo '{"return": {}}' >&"$monitor"
    case $line in *system_powerdown*) exit 0 ;; esac
done
"#;
/// The guest program of the tests: brings up what a guest needs, and does what its user data say.
const INIT: &str = r#"#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "$module"; done < /etc/clawlets/modules
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip route add default via 10.0.2.2
wget -q -O /tmp/userdata http://169.254.169.254/hetzner/v1/userdata
. /tmp/userdata
poweroff -f
"#;

/// The same, but it can be copied: told to park, it waits until it is somebody. It rehearses with a single request.
const PARKING_INIT: &str = r#"#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "$module"; done < /etc/clawlets/modules
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip route add default via 10.0.2.2
number() { od -An -t "u$2" -j "$1" -N "$2" /tmp/frame | tr -d ' '; }
if grep -q clawlets.park /proc/cmdline; then
    until grep -q clawlets.claim /sys/class/virtio-ports/*/name; do :; done 2>/dev/null
    port=$(grep -l clawlets.claim /sys/class/virtio-ports/*/name)
    port=${port%/name}
    exec 3<>"/dev/${port##*/}"
    while :; do
        echo parked >&3
        dd bs=512 count=1 iflag=fullblock of=/tmp/frame <&3 2>/dev/null
        dd bs=1 count="$(number 24 4)" of=/tmp/userdata <&3 2>/dev/null
        case $(head -c 8 /tmp/frame) in clw-cla1) break ;; esac
        wget -q -O /dev/null http://10.0.2.2:18337/rehearsal
    done
    server=$(number 8 8)
else
    wget -q -O /tmp/userdata http://169.254.169.254/hetzner/v1/userdata
    server=booted
fi
. /tmp/userdata
poweroff -f
"#;

/// Who runs the guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emulator {
    /// The script: starts at once, and is no machine.
    Script,
    /// The real one.
    Qemu,
    /// The real one, with guests that can be copied.
    Copied,
    /// The real one, with the guest program of the product.
    Cattle,
}

impl Emulator {
    /// The program, below the folder of a test.
    pub(super) fn program(self, folder: &Path) -> PathBuf {
        match self {
            Self::Qemu | Self::Copied | Self::Cattle => PathBuf::from("qemu-system-x86_64"),
            Self::Script => {
                let path = folder.join("emulator");
                fs::write(&path, SCRIPT).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
                path
            }
        }
    }

    /// The cache directory: one with the image of the tests for real guests, an empty one otherwise.
    pub(super) fn cache(self, folder: &Path) -> PathBuf {
        match self {
            Self::Qemu => {
                static CACHE: OnceLock<PathBuf> = OnceLock::new();
                CACHE.get_or_init(|| image("local-cloud-cache", INIT.as_bytes(), false)).clone()
            }
            Self::Copied => {
                static CACHE: OnceLock<PathBuf> = OnceLock::new();
                CACHE.get_or_init(|| image("local-cloud-cache-copied", PARKING_INIT.as_bytes(), true)).clone()
            }
            Self::Cattle => {
                static CACHE: OnceLock<PathBuf> = OnceLock::new();
                let program = || fs::read(guest_program()).unwrap();
                CACHE.get_or_init(|| image("local-cloud-cache-cattle", &program(), true)).clone()
            }
            Self::Script => folder.join("cache"),
        }
    }
}

/// The cache directory with an image whose guest program does what its user data say. Built once per run; the kernel
/// is downloaded once per machine.
fn image(name: &str, program: &[u8], parks: bool) -> PathBuf {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&cache).unwrap();
    let kernels = user_cache().map(|user| user.join("clawlets/kernels")).filter(|kernels| kernels.is_dir());
    if let Some(kernels) = kernels.filter(|_| !cache.join("kernels").exists()) {
        symlink(kernels, cache.join("kernels")).unwrap();
    }
    let init = cache.join("init");
    fs::write(&init, program).unwrap();
    let request = ImageRequest { parks, ..ImageRequest::new(init, cache.clone()) };
    build_image(&request, &mut |_| {}).unwrap();
    cache
}

fn user_cache() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
}

/// The guest program of the product, where `make guest` puts it.
fn guest_program() -> PathBuf {
    super::program().ancestors().nth(2).unwrap().join("guest/clawlets-cattle")
}

/// Whether a test must be skipped for want of the guest program.
pub(crate) fn guest_program_is_missing(test: &str) -> bool {
    let is_missing = !guest_program().exists();
    if is_missing {
        skip(test, "the guest program is missing: run make guest");
    }
    is_missing
}

/// Whether a test must be skipped for want of QEMU.
pub(crate) fn real_qemu_is_missing(test: &str) -> bool {
    let runs = Command::new("qemu-system-x86_64").arg("--version").stdout(Stdio::null()).status();
    if runs.is_err() {
        skip(test, "qemu-system-x86_64 is missing: run scripts/setup");
    }
    runs.is_err()
}
