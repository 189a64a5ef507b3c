//! Whether a call is of Discord.

use std::fmt;

use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};
use thiserror::Error;

use super::Signed;

/// How old a call may be, and how far in the future, in seconds.
const MAX_AGE: i64 = 300;

/// The key that Discord signs calls with, as the page of the application shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// A text that is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected the 64 hexadecimal digits of the application's public key")]
pub struct InvalidKey;

impl PublicKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key).map_err(|_| InvalidKey)?;
        Ok(Self(key))
    }

    /// Whether Discord signed this body a short while ago.
    pub(super) fn verify(&self, signed: Signed<'_>, body: &[u8], now: Timestamp) -> bool {
        let (Some(signature), Some(timestamp)) = (signed.signature, signed.timestamp) else { return false };
        let mut bytes = [0; 64];
        if hex::decode_to_slice(signature, &mut bytes).is_err() {
            return false;
        }
        let seconds = std::str::from_utf8(timestamp).ok().and_then(|text| text.parse::<i64>().ok());
        let is_fresh =
            seconds.is_some_and(|seconds| seconds.abs_diff(now.as_second()) <= MAX_AGE.unsigned_abs());
        let message: Vec<u8> = timestamp.iter().chain(body).copied().collect();
        is_fresh && UnparsedPublicKey::new(&ED25519, self.0).verify(&message, &bytes).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};

    #[test]
    fn only_what_discord_signed_a_short_while_ago_is_taken() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = PublicKey::parse(&hex::encode(pair.public_key().as_ref())).unwrap();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let sign =
            |timestamp: &str, body: &str| hex::encode(pair.sign(format!("{timestamp}{body}").as_bytes()));
        let good = sign("1700000000", "{}");
        let cases = [
            (Some(good.as_str()), Some("1700000000"), "{}", true),
            (Some(good.as_str()), Some("1700000000"), "{ }", false),
            (Some(good.as_str()), Some("1700000001"), "{}", false),
            (Some(good.as_str()), None, "{}", false),
            (None, Some("1700000000"), "{}", false),
            (Some("zz"), Some("1700000000"), "{}", false),
            (Some(&good[2..]), Some("1700000000"), "{}", false),
        ];
        for (signature, timestamp, body, expected) in cases {
            let signed =
                Signed { signature: signature.map(str::as_bytes), timestamp: timestamp.map(str::as_bytes) };
            assert_eq!(
                key.verify(signed, body.as_bytes(), now),
                expected,
                "{signature:?} {timestamp:?} {body}"
            );
        }
        for (timestamp, expected) in [
            ("1699999700", true),
            ("1699999699", false),
            ("1700000300", true),
            ("1700000301", false),
            ("soon", false),
        ] {
            let signature = sign(timestamp, "{}");
            let signed =
                Signed { signature: Some(signature.as_bytes()), timestamp: Some(timestamp.as_bytes()) };
            assert_eq!(key.verify(signed, b"{}", now), expected, "{timestamp}");
        }
    }
}
