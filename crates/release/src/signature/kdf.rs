//! How a password opens a secret key: scrypt, with the costs that the key names.

use clawlets_model::Secret;
use zeroize::Zeroizing;

use super::KeyFault;

/// What minisign's own keys ask for: 2^25 operations and 1 GiB.
const MOST_OPERATIONS: u64 = 1 << 25;
const MOST_MEMORY: u64 = 1 << 30;
const BLOCK: u32 = 8;

/// The stream of `N` bytes that covers a secret key.
pub(super) fn stream<const N: usize>(
    password: &Secret<String>,
    salt: &[u8; 32],
    operations: u64,
    memory: u64,
) -> Result<Zeroizing<[u8; N]>, KeyFault> {
    if operations > MOST_OPERATIONS || memory > MOST_MEMORY {
        return Err(KeyFault::TooCostly);
    }
    let (log_n, parallel) = costs(operations, memory);
    let params = scrypt::Params::new(log_n, BLOCK, parallel).map_err(|_| KeyFault::TooCostly)?;
    let mut stream = Zeroizing::new([0; N]);
    scrypt::scrypt(password.expose().as_bytes(), salt, &params, stream.as_mut())
        .expect("the stream is neither empty nor longer than scrypt can make");
    Ok(stream)
}

/// scrypt's parameters for a number of operations and bytes, by the rule of libsodium, which minisign uses.
fn costs(operations: u64, memory: u64) -> (u8, u32) {
    let block = u64::from(BLOCK);
    let operations = operations.max(1 << 15);
    let largest = |most: u64| (1..63).find(|log| 1u64 << log > most / 2).unwrap_or(63);
    if operations < memory / 32 {
        (largest(operations / (block * 4)), 1)
    } else {
        let log_n = largest(memory / (block * 128));
        let product = ((operations / 4) / (1u64 << log_n)).min(0x3fff_ffff);
        (log_n, u32::try_from(product / block).unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minisigns_own_costs_are_those_of_libsodium() {
        assert_eq!(costs(MOST_OPERATIONS, MOST_MEMORY), (20, 1));
        assert_eq!(costs(524_288, 16_777_216), (14, 1));
    }

    #[test]
    fn a_key_that_asks_for_more_is_refused_before_anything_is_allocated() {
        let opened = stream::<104>(&Secret::from("x"), &[0; 32], u64::MAX, u64::MAX);
        assert_eq!(opened.err(), Some(KeyFault::TooCostly));
    }
}
