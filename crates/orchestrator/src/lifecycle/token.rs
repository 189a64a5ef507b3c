//! One-time tokens and the sessions that they are redeemed for.

use clawlets_jobs::{NonceHash, SessionHash, TokenHash};
use clawlets_model::{Secret, guest::BootNonce};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A one-time token: 256 random bits, as 64 lower-case hex digits where it travels.
#[derive(Debug, Clone)]
pub(crate) struct Token(Secret<String>);

/// The bearer token of a VM's later calls: HMAC-SHA-256 of its nonce under its one-time token, in hex.
#[derive(Debug, Clone)]
pub(crate) struct Session(Secret<String>);

impl Token {
    /// A new token.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(Secret::from(hex::encode(bytes))))
    }

    /// The token that a VM presents. `None` when it cannot be one of ours.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        is_hex_256(text).then(|| Self(Secret::from(text)))
    }

    /// The token as text.
    #[must_use]
    pub(crate) const fn expose(&self) -> &Secret<String> {
        &self.0
    }

    /// What the store knows of it.
    #[must_use]
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash::of(self.0.expose().as_bytes())
    }

    /// The session that this token and a nonce make. The same two always make the same one.
    #[must_use]
    pub(crate) fn session(&self, nonce: &BootNonce) -> Session {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(nonce.bytes());
        Session(Secret::from(hex::encode(mac.finalize().into_bytes())))
    }
}

impl Session {
    /// The session token that a VM presents. `None` when it cannot be one of ours.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        is_hex_256(text).then(|| Self(Secret::from(text)))
    }

    /// The session token as text.
    #[must_use]
    pub(crate) const fn expose(&self) -> &Secret<String> {
        &self.0
    }

    /// What the store knows of it.
    #[must_use]
    pub(crate) fn hash(&self) -> SessionHash {
        SessionHash::of(self.0.expose().as_bytes())
    }
}

/// What the store knows of a nonce.
#[must_use]
pub(crate) fn nonce_hash(nonce: &BootNonce) -> NonceHash {
    NonceHash::of(nonce.bytes())
}

fn is_hex_256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_follows_from_token_and_nonce_alone() {
        let token = Token::parse(&"ab".repeat(32)).unwrap();
        let (one, two) = (BootNonce::new([1; 16]), BootNonce::new([2; 16]));
        assert_eq!(token.session(&one).hash(), token.session(&one).hash());
        assert_ne!(token.session(&one).hash(), token.session(&two).hash());
        assert_ne!(Token::draw().unwrap().session(&one).hash(), token.session(&one).hash());
        assert!(Session::parse(token.session(&one).expose().expose()).is_some());
    }

    #[test]
    fn what_is_no_token_is_not_looked_up() {
        for bad in ["", "ab", &"AB".repeat(32), &"zz".repeat(32), &"ab".repeat(33)] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
    }
}
