//! The four lines of a signature file.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{KeyId, SignatureFault};
use crate::document::Document;

const UNTRUSTED: &str = "untrusted comment: ";
const TRUSTED: &str = "trusted comment: ";

/// A signature as it lies beside a document.
#[derive(Clone)]
pub struct Signature {
    key_id: KeyId,
    inner: minisign_verify::Signature,
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signature")
            .field("key_id", &self.key_id)
            .field("comment", &self.trusted_comment())
            .finish()
    }
}

impl Signature {
    /// Reads a signature of at most 1 KiB: exactly four lines, as minisign writes them.
    ///
    /// # Errors
    /// [`SignatureFault`] when it is too large, cut off, has more behind it, or is of the old form without a hash.
    pub fn parse(bytes: &[u8]) -> Result<Self, SignatureFault> {
        if bytes.len() > Document::Signature.limit() {
            return Err(SignatureFault::TooLarge);
        }
        let malformed = SignatureFault::Malformed;
        let text = std::str::from_utf8(bytes).map_err(|_| malformed("it is not text"))?;
        let lines: Vec<&str> = text.lines().collect();
        let [untrusted, signature, trusted, _] = lines[..] else {
            return Err(malformed("it does not have four lines"));
        };
        if !untrusted.starts_with(UNTRUSTED) {
            return Err(malformed("its first line is no comment"));
        }
        if !trusted.starts_with(TRUSTED) {
            return Err(malformed("its third line is no trusted comment"));
        }
        let raw = STANDARD.decode(signature).map_err(|_| malformed("its second line is no base64"))?;
        let (algorithm, rest) =
            raw.split_first_chunk::<2>().ok_or(malformed("its second line is too short"))?;
        let (key_id, _) = rest.split_first_chunk::<8>().ok_or(malformed("its second line is too short"))?;
        match algorithm {
            b"ED" => {}
            b"Ed" => return Err(SignatureFault::OldForm),
            _ => return Err(malformed("it is of an unknown kind")),
        }
        let inner = minisign_verify::Signature::decode(text).map_err(|_| malformed("it is cut off"))?;
        Ok(Self { key_id: KeyId::new(*key_id), inner })
    }

    /// The four lines, of parts that were just made.
    pub(super) fn write(key_id: KeyId, signature: &[u8; 64], comment: &str, global: &[u8; 64]) -> String {
        let signature = STANDARD.encode([&b"ED"[..], &key_id.bytes(), signature].concat());
        let global = STANDARD.encode(global);
        format!("{UNTRUSTED}signature from clawlets\n{signature}\n{TRUSTED}{comment}\n{global}\n")
    }

    /// The name of the key that it says it is from.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The comment that the signature covers. It proves nothing before the signature was verified.
    #[must_use]
    pub fn trusted_comment(&self) -> &str {
        self.inner.trusted_comment()
    }

    pub(super) const fn inner(&self) -> &minisign_verify::Signature {
        &self.inner
    }
}
