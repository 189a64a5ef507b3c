//! The private key of a GitHub App.

use std::{fmt, sync::Arc};

use clawlets_model::Secret;
use ring::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{self, RSA_PKCS1_SHA256},
};
use rustls::pki_types::{PrivateKeyDer, pem, pem::PemObject};
use thiserror::Error;

/// The private key of a GitHub App: RSA of 2048 to 4096 bits. Clones share it; `Debug` shows nothing of it.
#[derive(Clone)]
pub struct AppKey(Arc<KeyPair>);

/// Why a text is no key of a GitHub App, or cannot sign. Never quotes the text.
#[derive(Debug, Error)]
pub enum KeyError {
    /// There is no PEM block with a private key in it.
    #[error("there is no private key in it: expected PEM with RSA PRIVATE KEY or PRIVATE KEY")]
    NoKey,
    /// The PEM is damaged.
    #[error("its PEM is damaged")]
    Pem,
    /// The key is of another kind.
    #[error("its key is not RSA, and GitHub Apps have RSA keys")]
    NotRsa,
    /// The key is damaged, too short or too long.
    #[error("its key cannot be used: {0}")]
    Unfit(String),
    /// The system gave no randomness.
    #[error("failed to sign: the system has no randomness to give")]
    Sign,
}

impl AppKey {
    /// Reads the first private key of a PEM text: `RSA PRIVATE KEY` (PKCS#1, what GitHub hands out) or `PRIVATE KEY`
    /// (PKCS#8).
    ///
    /// # Errors
    /// [`KeyError`] when there is none, or one that is not RSA of 2048 to 4096 bits.
    pub fn from_pem(text: &Secret<String>) -> Result<Self, KeyError> {
        let der = PrivateKeyDer::from_pem_slice(text.expose().as_bytes());
        let der = der.map_err(|error| {
            if matches!(error, pem::Error::NoItemsFound) { KeyError::NoKey } else { KeyError::Pem }
        })?;
        let unfit = |error: ring::error::KeyRejected| match error.to_string().as_str() {
            "WrongAlgorithm" => KeyError::NotRsa,
            what => KeyError::Unfit(what.to_owned()),
        };
        let pair = match &der {
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Sec1(_) | _ => return Err(KeyError::NotRsa),
        };
        Ok(Self(Arc::new(pair.map_err(unfit)?)))
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256, which JOSE calls RS256.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        let encoding: &dyn signature::RsaEncoding = &RSA_PKCS1_SHA256;
        // The randomness blinds the computation; the signature is the same every time.
        self.0.sign(encoding, &SystemRandom::new(), message, &mut signature).map_err(|_| KeyError::Sign)?;
        Ok(signature)
    }
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppKey(<redacted>)")
    }
}
