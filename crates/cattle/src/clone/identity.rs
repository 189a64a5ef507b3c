//! What makes a machine its own: randomness that no other has, and the time.

use std::fs;

use clawlets_model::claim::Claim;
use clawlets_sys::reseed_kernel;
use jiff::Timestamp;
use rustix::time::{ClockId, Timespec, clock_settime};

use super::CloneError;

const RANDOM: &str = "/dev/urandom";

/// Where the seed of a claim goes. Opened before there is one, so that nothing stands between the two.
pub(super) fn open_seed_device() -> Result<fs::File, CloneError> {
    fs::File::open(RANDOM).map_err(CloneError::system("open the kernel's random numbers"))
}

/// Takes on what a claim brings: the seed first, before anything could draw a random byte.
pub(super) fn take_on(claim: &Claim, seed_device: &fs::File) -> Result<(), CloneError> {
    reseed_kernel(seed_device, claim.seed.expose())
        .map_err(CloneError::system("seed the kernel's random numbers"))?;
    clock_settime(ClockId::Realtime, timespec(claim.time))
        .map_err(|errno| CloneError::system("set the clock")(errno.into()))
}

fn timespec(time: Timestamp) -> Timespec {
    Timespec { tv_sec: time.as_second(), tv_nsec: time.subsec_nanosecond().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_to_the_nanosecond() {
        let time = timespec(Timestamp::from_nanosecond(1_795_000_000_123_456_789).unwrap());
        assert_eq!((time.tv_sec, time.tv_nsec), (1_795_000_000, 123_456_789));
    }
}
