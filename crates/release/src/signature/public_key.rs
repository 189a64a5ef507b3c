//! Public keys.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{KeyFault, Signature, SignatureFault};

/// The name of a key: 64 bits, shown as minisign shows them, in 16 upper-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// A name.
    #[must_use]
    pub const fn new(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Reads 16 hexadecimal digits.
    ///
    /// # Errors
    /// [`KeyFault::NotPublic`] on anything else.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let mut bytes = [0; 8];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| KeyFault::NotPublic)?;
        bytes.reverse();
        Ok(Self(bytes))
    }

    pub(super) const fn bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: KeyId,
    key: [u8; 32],
    verifier: minisign_verify::PublicKey,
}

impl PublicKey {
    const MAGIC: [u8; 2] = *b"Ed";
    const LENGTH: usize = 42;

    /// Reads a key: the 56 characters that minisign prints, or the two lines of its file.
    ///
    /// # Errors
    /// [`KeyFault::NotPublic`] on anything else.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let text = text.trim();
        let line = match text.split_once('\n') {
            Some((comment, line)) if comment.starts_with("untrusted comment:") => line.trim(),
            Some(_) => return Err(KeyFault::NotPublic),
            None => text,
        };
        let bytes = STANDARD.decode(line).map_err(|_| KeyFault::NotPublic)?;
        let bytes: [u8; Self::LENGTH] = bytes.try_into().map_err(|_| KeyFault::NotPublic)?;
        let (magic, rest) = bytes.split_first_chunk::<2>().expect("42 bytes begin with 2");
        let (id, key) = rest.split_first_chunk::<8>().expect("40 bytes begin with 8");
        if *magic != Self::MAGIC {
            return Err(KeyFault::NotPublic);
        }
        let key = key.try_into().expect("32 of 42 bytes are left");
        Self::of_parts(KeyId(*id), key)
    }

    pub(super) fn of_parts(id: KeyId, key: [u8; 32]) -> Result<Self, KeyFault> {
        let verifier =
            minisign_verify::PublicKey::from_base64(&encode(id, &key)).map_err(|_| KeyFault::NotPublic)?;
        Ok(Self { id, key, verifier })
    }

    /// The key's name.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The two lines of a key's file.
    #[must_use]
    pub fn to_file(&self) -> String {
        format!("untrusted comment: minisign public key {}\n{self}\n", self.id)
    }

    /// Whether `signature` is this key's signature of `bytes`, and of its own trusted comment.
    ///
    /// # Errors
    /// [`SignatureFault::OtherKey`] or [`SignatureFault::DoesNotFit`].
    pub fn verify(&self, bytes: &[u8], signature: &Signature) -> Result<(), SignatureFault> {
        if signature.key_id() != self.id {
            return Err(SignatureFault::OtherKey(signature.key_id()));
        }
        self.verifier.verify(bytes, signature.inner(), false).map_err(|_| SignatureFault::DoesNotFit)
    }
}

fn encode(id: KeyId, key: &[u8; 32]) -> String {
    STANDARD.encode([&PublicKey::MAGIC[..], &id.0, key].concat())
}

/// The 56 characters by which configurations name a key.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(self.id, &self.key))
    }
}
