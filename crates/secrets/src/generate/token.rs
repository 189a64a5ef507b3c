//! Random bytes as text.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clawlets_model::Secret;
use zeroize::Zeroizing;

use super::GenerateError;

/// The shortest token, in bytes: 128 bits cannot be guessed.
pub(super) const MIN: usize = 16;
/// The longest token, in bytes.
pub(super) const MAX: usize = 1024;

/// So many random bytes, as URL-safe base64 without padding.
pub(super) fn random(bytes: usize) -> Result<Secret<String>, GenerateError> {
    let mut buffer = Zeroizing::new(vec![0; bytes]);
    getrandom::fill(&mut buffer).map_err(|error| GenerateError::Failed(error.to_string()))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(&*buffer)))
}
