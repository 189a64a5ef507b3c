//! One value, encrypted: `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`.

use aes_gcm::{
    AesGcm, KeyInit, Nonce, Tag,
    aead::{AeadInOut, consts::U32},
    aes::Aes256,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use clawlets_model::Secret;
use zeroize::{Zeroize, Zeroizing};

use super::error::SopsError;

/// AES-256 in GCM with a nonce of 32 bytes, as SOPS has it.
type Cipher = AesGcm<Aes256, U32>;

const NONCE_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
const PREFIX: &str = "ENC[AES256_GCM,data:";

/// The key of one file.
pub(super) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    pub(super) fn random() -> Result<Self, SopsError> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut()).map_err(|_| SopsError::Random)?;
        Ok(Self(key))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> Cipher {
        Cipher::new((&*self.0).into())
    }

    /// Encrypts a text, bound to `associated`. An empty text stays empty: SOPS has it so.
    pub(super) fn encrypt(&self, text: &str, associated: &str, kind: &str) -> Result<String, SopsError> {
        if text.is_empty() {
            return Ok(String::new());
        }
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| SopsError::Random)?;
        let mut data = text.as_bytes().to_vec();
        let nonce = Nonce::<U32>::from(nonce);
        let tag = self
            .cipher()
            .encrypt_inout_detached(&nonce, associated.as_bytes(), data.as_mut_slice().into())
            .expect("a file of secrets is far below the limit of GCM");
        Ok(format!(
            "{PREFIX}{},iv:{},tag:{},type:{kind}]",
            STANDARD.encode(&data),
            STANDARD.encode(nonce),
            STANDARD.encode(tag)
        ))
    }
}

/// An encrypted value, taken apart.
pub(super) struct Encrypted<'a> {
    data: Vec<u8>,
    nonce: [u8; NONCE_BYTES],
    tag: [u8; TAG_BYTES],
    /// What the value is: `str`, `int` and so on.
    pub(super) kind: &'a str,
}

impl<'a> Encrypted<'a> {
    /// Takes an encrypted value apart.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn parse(text: &'a str) -> Result<Self, &'static str> {
        const FORM: &str = "it is not of the form ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]";
        let inner = text.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(']')).ok_or(FORM)?;
        let (data, rest) = inner.split_once(",iv:").ok_or(FORM)?;
        let (nonce, rest) = rest.split_once(",tag:").ok_or(FORM)?;
        let (tag, kind) = rest.split_once(",type:").ok_or(FORM)?;
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_| "a part of it is not base64");
        Ok(Self {
            data: bytes(data)?,
            nonce: bytes(nonce)?.try_into().map_err(|_| "its nonce does not have 32 bytes")?,
            tag: bytes(tag)?.try_into().map_err(|_| "its tag does not have 16 bytes")?,
            kind,
        })
    }

    /// Whether a text looks like an encrypted value.
    pub(super) fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Decrypts it; `associated` is what it was bound to.
    ///
    /// # Errors
    /// Why it cannot.
    pub(super) fn decrypt(&self, key: &DataKey, associated: &str) -> Result<Secret<String>, &'static str> {
        let mut data = self.data.clone();
        let opened = key.cipher().decrypt_inout_detached(
            &Nonce::<U32>::from(self.nonce),
            associated.as_bytes(),
            data.as_mut_slice().into(),
            &Tag::from(self.tag),
        );
        if opened.is_err() {
            return Err("it was changed or moved after it was encrypted");
        }
        String::from_utf8(data).map(Secret::new).map_err(|error| {
            error.into_bytes().zeroize();
            "it holds bytes that are no text"
        })
    }
}
