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

/// Greets on the monitor, says something on the console, notes what it is asked, and ends at the power button.
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
    echo "$line" >> asked
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

/// Who runs the guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emulator {
    /// The script: starts at once, and is no machine.
    Script,
    /// The real one.
    Qemu,
}

impl Emulator {
    /// The program, below the folder of a test.
    pub(super) fn program(self, folder: &Path) -> PathBuf {
        match self {
            Self::Qemu => PathBuf::from("qemu-system-x86_64"),
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
            Self::Qemu => image_of_the_test().clone(),
            Self::Script => folder.join("cache"),
        }
    }
}

/// The cache directory with an image whose guest program does what its user data say. Built once per run; the kernel
/// is downloaded once per machine.
fn image_of_the_test() -> &'static PathBuf {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("local-cloud-cache");
        fs::create_dir_all(&cache).unwrap();
        let kernels =
            user_cache().map(|user| user.join("clawlets/kernels")).filter(|kernels| kernels.is_dir());
        if let Some(kernels) = kernels.filter(|_| !cache.join("kernels").exists()) {
            symlink(kernels, cache.join("kernels")).unwrap();
        }
        let init = cache.join("init");
        fs::write(&init, INIT).unwrap();
        build_image(&ImageRequest::new(init, cache.clone()), &mut |_| {}).unwrap();
        cache
    })
}

fn user_cache() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
}

/// Whether a test must be skipped for want of QEMU.
pub(crate) fn real_qemu_is_missing(test: &str) -> bool {
    let runs = Command::new("qemu-system-x86_64").arg("--version").stdout(Stdio::null()).status();
    if runs.is_err() {
        skip(test, "qemu-system-x86_64 is missing: run scripts/setup");
    }
    runs.is_err()
}
