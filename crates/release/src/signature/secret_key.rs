//! Secret keys, and signing.

use base64::{Engine, engine::general_purpose::STANDARD};
use blake2::{Blake2b, Blake2b512, Digest, digest::consts::U32};
use clawlets_model::Secret;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use super::{KeyFault, KeyId, PublicKey, Signature, kdf};

/// Ed25519, a key derivation, BLAKE2b; then 32 bytes of salt and two costs.
const HEAD: usize = 2 + 2 + 2 + 32 + 8 + 8;
/// The key's name, its seed with its public half, a checksum. A password covers all of it.
const BODY: usize = 8 + 64 + 32;

/// A key that signs. It prints its name and nothing else, and is wiped when it is dropped.
pub struct SecretKey {
    id: KeyId,
    key: SigningKey,
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretKey({}, <redacted>)", self.id)
    }
}

impl SecretKey {
    /// A new key, of 32 random bytes and 8 more for its name.
    #[must_use]
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>, id: [u8; 8]) -> Self {
        Self { id: KeyId::new(id), key: SigningKey::from_bytes(seed) }
    }

    /// Reads the two lines of a secret key's file. A password is asked of keys that are protected by one; keys for CI
    /// have none. Opening a protected key takes seconds and 1 GiB of memory, as minisign means it to.
    ///
    /// # Errors
    /// [`KeyFault`] when it is no key, the password is missing or wrong, or the key asks for too much.
    pub fn parse(text: &Secret<String>, password: Option<&Secret<String>>) -> Result<Self, KeyFault> {
        let mut lines = text.expose().trim().lines();
        let (Some(comment), Some(line), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(KeyFault::NotSecret);
        };
        if !comment.starts_with("untrusted comment:") {
            return Err(KeyFault::NotSecret);
        }
        let raw = Zeroizing::new(STANDARD.decode(line.trim()).map_err(|_| KeyFault::NotSecret)?);
        let (head, body) = raw.split_first_chunk::<HEAD>().ok_or(KeyFault::NotSecret)?;
        let mut body = Zeroizing::new(<[u8; BODY]>::try_from(body).map_err(|_| KeyFault::NotSecret)?);
        if &head[..2] != b"Ed" || &head[4..6] != b"B2" {
            return Err(KeyFault::NotSecret);
        }
        let wrong = match &head[2..4] {
            b"\0\0" => KeyFault::Damaged,
            b"Sc" => {
                let password = password.ok_or(KeyFault::NeedsPassword)?;
                let number = |at: usize| {
                    u64::from_le_bytes(head[at..at + 8].try_into().expect("eight bytes of a fixed head"))
                };
                let salt = head[6..38].try_into().expect("32 bytes of a fixed head");
                let stream = kdf::stream::<BODY>(password, salt, number(38), number(46))?;
                body.iter_mut().zip(stream.iter()).for_each(|(byte, cover)| *byte ^= cover);
                KeyFault::WrongPassword
            }
            _ => return Err(KeyFault::NotSecret),
        };
        // The program leaves the checksum of a key without a password empty; the public half is compared below.
        let is_without = wrong == KeyFault::Damaged && body[72..].iter().all(|byte| *byte == 0);
        if !is_without && checksum(&body[..72]) != body[72..] {
            return Err(wrong);
        }
        let id = KeyId::new(body[..8].try_into().expect("eight bytes of a fixed body"));
        let seed = Zeroizing::new(<[u8; 32]>::try_from(&body[8..40]).expect("32 bytes of a fixed body"));
        let key = SigningKey::from_bytes(&seed);
        if key.verifying_key().as_bytes() != &body[40..72] {
            return Err(KeyFault::Damaged);
        }
        Ok(Self { id, key })
    }

    /// The two lines of a key without a password, as minisign's `-W` writes them.
    #[must_use]
    pub fn to_file(&self) -> Secret<String> {
        let mut raw = Zeroizing::new(Vec::with_capacity(HEAD + BODY));
        raw.extend(b"Ed\0\0B2");
        raw.resize(HEAD, 0);
        raw.extend(self.id.bytes());
        raw.extend(self.key.as_bytes());
        raw.extend(self.key.verifying_key().as_bytes());
        let sum = checksum(&raw[HEAD..]);
        raw.extend(sum);
        let line = Zeroizing::new(STANDARD.encode(&raw));
        Secret::new(format!("untrusted comment: minisign secret key {}\n{}\n", self.id, *line))
    }

    /// The half that verifies.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::of_parts(self.id, *self.key.verifying_key().as_bytes())
            .expect("42 bytes with minisign's magic are a public key")
    }

    /// The signature file of `bytes`, with a comment that it covers. Line breaks in the comment become spaces.
    #[must_use]
    pub fn sign(&self, bytes: &[u8], comment: &str) -> String {
        let comment = comment.replace(['\r', '\n'], " ");
        let comment = comment.trim();
        let signature = self.key.sign(&Blake2b512::digest(bytes)).to_bytes();
        let global = self.key.sign(&[&signature[..], comment.as_bytes()].concat()).to_bytes();
        Signature::write(self.id, &signature, comment, &global)
    }
}

fn checksum(name_and_key: &[u8]) -> [u8; 32] {
    Blake2b::<U32>::new().chain_update(b"Ed").chain_update(name_and_key).finalize().into()
}
