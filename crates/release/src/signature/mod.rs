//! Minisign's keys and signatures.
//!
//! Verifying is done by `minisign-verify`, from minisign's own author. What it lacks is here: the strict form of a
//! signature file, and signing, where the seed of a key comes in as an argument. Signatures are Ed25519 over a BLAKE2b
//! hash of the file; a second one covers the first together with the trusted comment.

mod error;
mod kdf;
mod public_key;
mod secret_key;
mod text;

pub use error::{KeyFault, SignatureFault};
pub use public_key::{KeyId, PublicKey};
pub use secret_key::SecretKey;
pub use text::Signature;
