//! Whether this machine can really run a guest with KVM.
//!
//! `/dev/kvm` can exist, open, and still never start a guest. So the only proof is a guest: firmware of four
//! instructions that tells QEMU to leave with a number. The verdict holds until the machine boots again.

use std::{
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use tokio::{process::Command, time::timeout};

use super::spec::Accelerator;
use crate::state_dir::write_private;

/// How long the smallest guest may take. With working KVM it takes a tenth of a second.
const DEADLINE: Duration = Duration::from_secs(5);
/// Firmware is mapped so that its last sixteen bytes are where the processor begins.
const FIRMWARE_LENGTH: usize = 64 * 1024;
/// `mov dx, 0x501; mov al, 0x2a; out dx, al; hlt`
const RESET_VECTOR: [u8; 7] = [0xBA, 0x01, 0x05, 0xB0, 0x2A, 0xEE, 0xF4];
/// QEMU leaves with twice the number written, plus one.
const EXIT_STATUS: i32 = 0x2A * 2 + 1;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Verdict {
    /// Names this boot of the machine; a module may be loaded at the next one.
    boot: String,
    qemu: String,
    qemu_changed: Option<SystemTime>,
    accelerator: Accelerator,
}

/// The fastest accelerator that works here, from the cache if it was found out since the machine booted.
pub(crate) async fn probe(qemu: &Path, cache_dir: &Path) -> Accelerator {
    let path = cache_dir.join("accelerator.json");
    let remembered = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Verdict>(&bytes).ok());
    let mut verdict = Verdict {
        boot: fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default(),
        qemu: qemu.to_string_lossy().into_owned(),
        qemu_changed: fs::metadata(qemu).and_then(|metadata| metadata.modified()).ok(),
        accelerator: Accelerator::Tcg,
    };
    if let Some(remembered) = remembered {
        verdict.accelerator = remembered.accelerator;
        if verdict == remembered {
            return remembered.accelerator;
        }
    }
    let works = Path::new("/dev/kvm").exists() && runs_a_guest(qemu, "kvm", cache_dir).await;
    verdict.accelerator = if works { Accelerator::Kvm } else { Accelerator::Tcg };
    tracing::info!(accelerator = ?verdict.accelerator, "probed the processor's virtualisation");
    let bytes = serde_json::to_vec(&verdict).expect("a verdict has string keys only");
    if let Err(error) = write_private(&path, &bytes) {
        tracing::warn!(path = %path.display(), %error, "failed to remember the accelerator");
    }
    verdict.accelerator
}

/// Whether QEMU runs the smallest guest with `accelerator` to its end.
async fn runs_a_guest(qemu: &Path, accelerator: &str, scratch: &Path) -> bool {
    let mut firmware = vec![0; FIRMWARE_LENGTH];
    firmware[FIRMWARE_LENGTH - 16..][..RESET_VECTOR.len()].copy_from_slice(&RESET_VECTOR);
    let Ok(file) = tempfile::NamedTempFile::new_in(scratch) else { return false };
    if fs::write(file.path(), firmware).is_err() {
        return false;
    }
    let child = Command::new(qemu)
        .args(["-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35", "-m", "16M"])
        .args(["-cpu", super::qemu::PROCESSOR])
        .args(["-accel", accelerator, "-device", "isa-debug-exit,iobase=0x501,iosize=1", "-bios"])
        .arg(file.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let Ok(mut child) = child else { return false };
    matches!(timeout(DEADLINE, child.wait()).await, Ok(Ok(status)) if status.code() == Some(EXIT_STATUS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, Write};

    fn has_qemu() -> bool {
        std::process::Command::new("qemu-system-x86_64")
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok()
    }

    fn say_skipped(why: &str) {
        writeln!(io::stderr(), "SKIPPED (1): the smallest guest: {why}").unwrap();
    }

    #[tokio::test]
    async fn the_smallest_guest_runs_when_emulated_and_an_accelerator_that_does_not_exist_is_found_out() {
        if !has_qemu() {
            say_skipped("qemu-system-x86_64 is missing");
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let qemu = Path::new("qemu-system-x86_64");
        assert!(runs_a_guest(qemu, "tcg", dir.path()).await);
        assert!(!runs_a_guest(qemu, "no-such-accelerator", dir.path()).await);
        assert!(!runs_a_guest(Path::new("/bin/true"), "tcg", dir.path()).await);
    }

    #[tokio::test]
    async fn a_verdict_is_remembered_until_qemu_changes() {
        let dir = tempfile::tempdir().unwrap();
        let qemu = dir.path().join("qemu");
        fs::write(&qemu, "#!/bin/sh\nexit 0\n").unwrap();
        assert_eq!(probe(&qemu, dir.path()).await, Accelerator::Tcg);
        let path = dir.path().join("accelerator.json");
        let changed = fs::read_to_string(&path).unwrap().replace("tcg", "kvm");
        fs::write(&path, changed).unwrap();
        assert_eq!(probe(&qemu, dir.path()).await, Accelerator::Kvm, "read from the cache");
        fs::File::open(&qemu).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(probe(&qemu, dir.path()).await, Accelerator::Tcg, "found out again");
    }
}
