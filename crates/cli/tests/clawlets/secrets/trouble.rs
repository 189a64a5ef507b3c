//! Disks that are full or cannot be written.

use std::{fs, io::Write, path::Path, process::Command};

use clawlets_stand_in::Ran;

use super::place::Place;

/// Runs a shell in mounts of its own, where `$CLAWLETS` is the program.
fn in_own_mounts(folder: &Path, script: &str) -> Ran {
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-ec", script])
        .current_dir(folder)
        .env_clear()
        .envs([("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("USER", "ada"), ("CLF_SOCKET", "/nowhere")])
        .env("HOME", folder)
        .env("CLAWLETS", env!("CARGO_BIN_EXE_clawlets"));
    Ran::of(&mut command)
}

fn is_root(test: &str) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let is_root = status.lines().any(|line| line.starts_with("Uid:\t0\t"));
    if !is_root {
        let _ = writeln!(std::io::stderr(), "skipped: {test}: only root may mount");
    }
    is_root
}

#[test]
fn on_a_disk_that_cannot_be_written_nothing_changes() {
    if !is_root("on_a_disk_that_cannot_be_written_nothing_changes") {
        return;
    }
    let (place, _) = Place::whole();
    let texts = || place.encrypted().iter().map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>();
    let before = texts();
    let script = "mount --bind . . && cd \"$PWD\" && mount -o remount,ro,bind . && exec \"$CLAWLETS\" secrets set gateway_token --generate token:32";
    let ran = in_own_mounts(place.path(), script);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
    assert!(ran.talk.contains("Read-only file system"), "{ran}");
    let read = in_own_mounts(
        place.path(),
        "mount --bind . . && cd \"$PWD\" && mount -o remount,ro,bind . && exec \"$CLAWLETS\" secrets verify",
    );
    assert_eq!(read.code, Some(0), "{read}");
    assert_eq!(texts(), before);
}

#[test]
fn on_a_full_disk_a_file_is_old_or_new_and_never_half() {
    if !is_root("on_a_full_disk_a_file_is_old_or_new_and_never_half") {
        return;
    }
    let (place, _) = Place::whole();
    let script = "mkdir /tmp/.full-$$ && mount -t tmpfs -o size=256k none /tmp/.full-$$ && cp -r fleet secrets .clawlets /tmp/.full-$$/ && cd /tmp/.full-$$ \
        && { cat /dev/zero > filler 2>/dev/null || true; } && code=0 && \"$CLAWLETS\" secrets set gateway_token --generate token:32 || code=$? \
        && rm filler && \"$CLAWLETS\" secrets verify && cd / && umount /tmp/.full-$$ && rmdir /tmp/.full-$$ && exit $code";
    let ran = in_own_mounts(place.path(), script);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
    assert!(ran.talk.contains("No space left"), "{ran}");
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let (place, _) = Place::whole();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let ran = Ran::from(
        place.command(&["list"]).stdout(full).stderr(std::process::Stdio::piped()).output().unwrap(),
    );
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
}
