//! Hashes of login passwords.

use clawlets_model::Secret;
use yescrypt::{PasswordHasher, Yescrypt};

use super::GenerateError;

/// The hash of a password as `/etc/shadow` has it: yescrypt, `$y$…`, with a random salt.
///
/// # Errors
/// [`GenerateError::Failed`].
pub fn hash_password(password: &Secret<String>) -> Result<Secret<String>, GenerateError> {
    let hash = Yescrypt::default().hash_password(password.expose().as_bytes());
    hash.map(|hash| Secret::from(hash.as_str())).map_err(|error| GenerateError::Failed(error.to_string()))
}
