//! Fingerprints: what is kept in place of a secret, and what contents are compared by.

use std::fmt;

use sha2::{Digest, Sha256};

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The fingerprint of `bytes`.
            #[must_use]
            pub fn of(bytes: &[u8]) -> Self {
                Self(Sha256::digest(bytes).into())
            }

            /// A fingerprint that was taken before.
            #[must_use]
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({}…)", stringify!($name), hex::encode(&self.0[..4]))
            }
        }
    };
}

digest! {
    /// The SHA-256 of a one-time token.
    TokenHash
}
digest! {
    /// The SHA-256 of a boot nonce.
    NonceHash
}
digest! {
    /// The SHA-256 of a session token.
    SessionHash
}
digest! {
    /// The SHA-256 of a task's result as it was reported.
    ResultHash
}
digest! {
    /// The SHA-256 of what a request asks for, in canonical form.
    ContentHash
}
