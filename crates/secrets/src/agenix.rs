//! Files of an agenix repository: one secret per `.age` file, encrypted with age directly.

use std::io::Read;

use age::{Decryptor, armor::ArmoredReader};
use clawlets_model::Secret;
use thiserror::Error;
use zeroize::Zeroize;

use crate::AgeIdentity;

/// The largest secret that is imported, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// A file that cannot be imported.
#[derive(Debug, Error)]
pub enum AgenixError {
    /// It is no age file, or damaged, or none of the keys opens it.
    #[error("none of the {keys} age keys at hand opens it")]
    Closed {
        /// How many keys were tried.
        keys: usize,
        /// What the library says.
        #[source]
        source: age::DecryptError,
    },
    /// It could not be read to its end.
    #[error("it is damaged")]
    Damaged(#[source] std::io::Error),
    /// It is too large.
    #[error("it holds more than {MAX_BYTES} bytes")]
    TooLarge,
    /// It holds bytes that are no text.
    #[error("it holds bytes that are no text; a SOPS file of ours holds text")]
    NotText,
}

/// Decrypts an `.age` file, armoured or not. One newline at the end, which editors add, is dropped.
///
/// # Errors
/// [`AgenixError`].
pub fn open_age_file(bytes: &[u8], identities: &[AgeIdentity]) -> Result<Secret<String>, AgenixError> {
    let closed = |source| AgenixError::Closed { keys: identities.len(), source };
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(bytes)).map_err(closed)?;
    let keys = identities.iter().map(|identity| identity.as_age() as &dyn age::Identity);
    let reader = decryptor.decrypt(keys).map_err(closed)?;
    let mut opened = Vec::new();
    if let Err(error) = reader.take(MAX_BYTES + 1).read_to_end(&mut opened) {
        opened.zeroize();
        return Err(AgenixError::Damaged(error));
    }
    if opened.len() as u64 > MAX_BYTES {
        opened.zeroize();
        return Err(AgenixError::TooLarge);
    }
    let mut text = String::from_utf8(opened).map_err(|error| {
        error.into_bytes().zeroize();
        AgenixError::NotText
    })?;
    if text.ends_with('\n') && text.matches('\n').count() == 1 {
        text.pop();
    }
    Ok(Secret::new(text))
}
