//! A new start for the kernel's random number generator.

use std::{
    io,
    os::fd::{AsFd, AsRawFd},
};

use zeroize::Zeroize;

/// Random bytes for the kernel, twice as many as the key of its generator has.
pub const SEED_BYTES: usize = 64;

/// `_IOW('R', 3, int[2])` as all but a few old architectures encode it.
const RNDADDENTROPY: libc::Ioctl = 0x4008_5203;
/// `_IO('R', 7)`
const RNDRESEEDCRNG: libc::Ioctl = 0x5207;
const SEED_BITS: libc::c_int = 512;

/// `struct rand_pool_info` with room for the seed.
#[repr(C)]
struct Pool {
    entropy_bits: libc::c_int,
    bytes: libc::c_int,
    seed: [u8; SEED_BYTES],
}

/// Mixes `seed` into the kernel's pool, credits it as fully random, and makes the generator take a new key from the
/// pool at once: from now on this kernel's random bytes differ from those of every copy of it that got another seed.
///
/// `device` is `/dev/urandom` or `/dev/random`, open in any way; the caller needs `CAP_SYS_ADMIN`.
///
/// # Errors
/// The error of the call that failed. The generator must then not be trusted.
pub fn reseed_kernel(device: impl AsFd, seed: &[u8; SEED_BYTES]) -> io::Result<()> {
    let device = device.as_fd().as_raw_fd();
    let mut pool = Pool { entropy_bits: SEED_BITS, bytes: SEED_BYTES as libc::c_int, seed: *seed };
    #[expect(unsafe_code, reason = "no safe wrapper knows these calls")]
    // SAFETY: the descriptor is borrowed for the whole call. `pool` is laid out as the kernel's `struct rand_pool_info`
    // and lives through the call; the kernel reads `bytes` bytes from `seed`, which are there, and writes nothing.
    let added = unsafe { libc::ioctl(device, RNDADDENTROPY, &raw const pool) };
    // Before the next call, whose success must not hide this one's failure.
    let added = if added == 0 { Ok(()) } else { Err(io::Error::last_os_error()) };
    pool.seed.zeroize();
    added?;
    #[expect(unsafe_code, reason = "no safe wrapper knows these calls")]
    // SAFETY: the descriptor is borrowed for the whole call, which takes no argument.
    let taken = unsafe { libc::ioctl(device, RNDRESEEDCRNG) };
    if taken == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_is_laid_out_as_the_kernel_reads_it() {
        assert_eq!((size_of::<Pool>(), std::mem::offset_of!(Pool, seed)), (72, 8));
    }

    #[test]
    fn what_is_no_random_device_is_refused() {
        let null = std::fs::File::open("/dev/null").unwrap();
        let error = reseed_kernel(&null, &[7; SEED_BYTES]).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOTTY));
    }
}
