//! How much is too much.

/// The bounds of one memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits;

impl Limits {
    /// A file, in bytes.
    pub const FILE: u64 = 256 << 20;
    /// A path, in bytes.
    pub const PATH: usize = 1_024;
    /// One part of a path, in bytes: the memory's own files beside it have longer names.
    pub const NAME: usize = 200;
    /// How many folders lie above a file at most.
    pub const DEPTH: usize = 16;
    /// Files that a list names at most.
    pub const LISTED: usize = 10_000;
    /// Files that a search looks into are at most so large, in bytes.
    pub const SEARCHED: u64 = 8 << 20;
    /// Lines that a search finds at most.
    pub const HITS: usize = 1_000;
    /// Characters of a line that a search shows.
    pub const LINE: usize = 400;
    /// A file of the log, in bytes; then a new one is begun, and the one before the last is forgotten.
    pub const LOG_FILE: u64 = 1 << 20;
    /// Files of the log that are read.
    pub const LOG_FILES: usize = 1_024;
    /// Bytes that are read or written between two signs of life.
    pub(crate) const STEP: usize = 1 << 20;
    /// Bytes that are written before the disk is asked to keep them, so that no single wait is long.
    pub(crate) const SYNC: usize = 16 << 20;
}
