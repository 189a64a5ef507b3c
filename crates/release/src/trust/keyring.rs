//! Whose signatures count, and until when.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Refusal, Signed};
use crate::{
    document::Document,
    signature::{KeyId, PublicKey, Signature, SignatureFault},
};

/// The keys of a host.
#[derive(Debug, Clone, Default)]
pub struct Keyring {
    /// The keys that count.
    pub current: Vec<PublicKey>,
    /// Keys from before, which count until their end.
    pub previous: Vec<PublicKey>,
    /// The end of the keys from before. Without one they do not count at all.
    pub previous_until: Option<Timestamp>,
    /// Keys that stay offline. Only they begin a new epoch.
    pub recovery: Vec<PublicKey>,
    /// Keys that count no more, in whatever list they stand.
    pub revoked: BTreeSet<KeyId>,
}

/// Whose signature it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// A key that counts.
    Current(KeyId),
    /// A key from before, whose end has not come.
    Previous(KeyId),
    /// A recovery key.
    Recovery(KeyId),
    /// Nobody's: it is not signed, and need not be.
    Nobody,
}

impl Keyring {
    /// Who signed these bytes. A name of a key may be had by several keys; one that fits is enough.
    pub(super) fn verify(
        &self,
        document: Document,
        signed: &Signed<'_>,
        signature: &Signature,
        now: Timestamp,
    ) -> Result<Signer, Refusal> {
        let key = signature.key_id();
        if self.revoked.contains(&key) {
            return Err(Refusal::RevokedKey { document, key });
        }
        let fits = |keys: &[PublicKey]| {
            let mut known = keys.iter().filter(|known| known.id() == key).peekable();
            known.peek()?;
            Some(known.any(|known| known.verify(signed.bytes, signature).is_ok()))
        };
        let found = [
            (fits(&self.recovery), Signer::Recovery(key)),
            (fits(&self.current), Signer::Current(key)),
            (fits(&self.previous), Signer::Previous(key)),
        ];
        match found.iter().find(|(fits, _)| *fits == Some(true)) {
            Some((_, Signer::Previous(_))) => match self.previous_until {
                Some(end) if now < end => Ok(Signer::Previous(key)),
                Some(ended) => Err(Refusal::EndedKey { document, key, ended }),
                None => Err(Refusal::UnknownKey { document, key }),
            },
            Some((_, signer)) => Ok(*signer),
            None if found.iter().any(|(fits, _)| fits.is_some()) => {
                Err(Refusal::Signature { document, source: SignatureFault::DoesNotFit })
            }
            None => Err(Refusal::UnknownKey { document, key }),
        }
    }
}
