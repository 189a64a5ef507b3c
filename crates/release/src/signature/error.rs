//! What can be wrong with a key or a signature.

use thiserror::Error;

use super::KeyId;

/// A text that is no key, or a key that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyFault {
    /// Not a minisign public key.
    #[error(
        "this is not a minisign public key: expected 56 characters of base64, or the two lines of its file"
    )]
    NotPublic,
    /// Not a minisign secret key.
    #[error("this is not a minisign secret key: expected the two lines of its file")]
    NotSecret,
    /// The key is protected by a password, and none was given.
    #[error("the secret key is protected by a password")]
    NeedsPassword,
    /// The password is not the key's, or the key is damaged.
    #[error("the password does not open the secret key")]
    WrongPassword,
    /// The key is damaged.
    #[error("the secret key is damaged: its checksum does not fit")]
    Damaged,
    /// The key demands more memory or time to open than minisign would ask for.
    #[error("the secret key asks for more memory or time than minisign's own keys")]
    TooCostly,
}

/// A signature that does not prove anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureFault {
    /// More bytes than a signature has.
    #[error("the signature has more than 1024 bytes")]
    TooLarge,
    /// Not the four lines of a signature, or cut off.
    #[error("the signature is malformed: {0}")]
    Malformed(&'static str),
    /// It was made in minisign's old mode, without a hash.
    #[error("the signature is of minisign's old form, without a hash")]
    OldForm,
    /// It was made by another key.
    #[error("the signature is by key {0}")]
    OtherKey(KeyId),
    /// It is not a signature of these bytes and this comment.
    #[error("the signature does not fit the document")]
    DoesNotFit,
}
