//! What makes a machine somebody: its randomness, its clock, its names.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
};

use clawlets_model::claim::Claim;
use clawlets_sys::reseed_kernel;
use jiff::Timestamp;
use rustix::{
    system::sethostname,
    time::{ClockId, Timespec, clock_settime},
};

use super::CloneError;
use crate::layout::Layout;

/// What a kernel calls a machine that has no name.
const NAMELESS: &[u8] = b"(none)";
const RANDOM: &str = "/dev/urandom";

/// Where the seed of a claim goes. Opened before there is one, so that nothing stands between the two.
pub(super) fn open_seed_device() -> Result<fs::File, CloneError> {
    fs::File::open(RANDOM).map_err(CloneError::system("open the kernel's random numbers"))
}

/// Takes on the identity of a claim: the seed first, before anything could draw a random byte.
pub(super) fn take_on(claim: &Claim, seed_device: &fs::File, layout: &Layout) -> Result<(), CloneError> {
    reseed_kernel(seed_device, claim.seed.expose())
        .map_err(CloneError::system("seed the kernel's random numbers"))?;
    clock_settime(ClockId::Realtime, timespec(claim.time))
        .map_err(|errno| CloneError::system("set the clock")(errno.into()))?;
    if let Some(name) = &claim.hostname {
        rename(name.as_str().as_bytes())?;
    }
    write_machine_id(layout, &claim.machine_id_text())
}

/// Lays the names down again. The clock and the randomness stay: neither tells anything.
pub(super) fn lay_down(layout: &Layout) -> Result<(), CloneError> {
    rename(NAMELESS)?;
    remove_machine_id(layout)
}

fn rename(name: &[u8]) -> Result<(), CloneError> {
    sethostname(name).map_err(|errno| CloneError::system("set the host name")(errno.into()))
}

fn timespec(time: Timestamp) -> Timespec {
    Timespec { tv_sec: time.as_second(), tv_nsec: time.subsec_nanosecond().into() }
}

/// Writes the machine id as a new file. There is none, as a rule: a rehearsal takes its own away.
fn write_machine_id(layout: &Layout, id: &str) -> Result<(), CloneError> {
    let path = layout.machine_id();
    let create = || fs::File::options().write(true).create_new(true).mode(0o444).open(&path);
    let file = match create() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            remove_machine_id(layout)?;
            create()
        }
        done => done,
    };
    let written = file.and_then(|mut file| file.write_all(format!("{id}\n").as_bytes()));
    written.map_err(|source| CloneError::File { action: "write", path, source })
}

fn remove_machine_id(layout: &Layout) -> Result<(), CloneError> {
    let path = layout.machine_id();
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(CloneError::File { action: "remove", path, source: error })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_machine_id_is_one_line_that_everybody_may_read_and_can_be_taken_away() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path());
        fs::create_dir(root.path().join("etc")).unwrap();
        for id in ["a".repeat(32), "b".repeat(32)] {
            write_machine_id(&layout, &id).unwrap();
            assert_eq!(fs::read_to_string(layout.machine_id()).unwrap(), format!("{id}\n"));
        }
        let mode = fs::metadata(layout.machine_id()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o444);
        for _ in 0..2 {
            remove_machine_id(&layout).unwrap();
            assert!(!layout.machine_id().exists());
        }
    }

    #[test]
    fn a_time_is_told_to_the_nanosecond() {
        let time = timespec(Timestamp::from_nanosecond(1_795_000_000_123_456_789).unwrap());
        assert_eq!((time.tv_sec, time.tv_nsec), (1_795_000_000, 123_456_789));
    }
}
