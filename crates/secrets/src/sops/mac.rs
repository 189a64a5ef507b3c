//! The checksum over the values of a file.

use sha2::{Digest, Sha512};

use super::policy::MacScope;

/// What the checksum begins with when it covers only encrypted values: the SHA-256 of `sops`, so that the two kinds of
/// checksum never agree.
const ONLY_ENCRYPTED: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b, 0x0b,
    0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

/// The SHA-512 of every value's text in order.
pub(super) struct Mac {
    hash: Sha512,
    scope: MacScope,
}

impl Mac {
    pub(super) fn new(scope: MacScope) -> Self {
        let mut hash = Sha512::new();
        match scope {
            MacScope::Everything => {}
            MacScope::Encrypted => hash.update(ONLY_ENCRYPTED),
        }
        Self { hash, scope }
    }

    /// Counts an encrypted value in.
    pub(super) fn encrypted(&mut self, value: &str) {
        self.hash.update(value.as_bytes());
    }

    /// Counts a readable value in, if the checksum covers those.
    pub(super) fn readable(&mut self, value: &str) {
        match self.scope {
            MacScope::Everything => self.hash.update(value.as_bytes()),
            MacScope::Encrypted => {}
        }
    }

    /// The checksum, as upper-case hexadecimal digits.
    pub(super) fn finish(self) -> String {
        self.hash.finalize().iter().map(|byte| format!("{byte:02X}")).collect()
    }
}
