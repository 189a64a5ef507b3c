//! How large a snapshot may be.

/// How large a snapshot may be when it is unpacked. A small file may hold a great deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// All of it, in bytes.
    pub bytes: u64,
    /// How many files and folders.
    pub entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 30, entries: 1_000_000 }
    }
}
