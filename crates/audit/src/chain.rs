//! The form of a line, and how lines hang together.
//!
//! A line is a JSON object that begins with `seq` and `prev` and ends with `hash`. The hash is that of the bytes before
//! `,"hash":`, so it can be checked with `sha256sum`, and no rule about how JSON is written is needed.

use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::Entry;

/// The longest line, in bytes, its end included. Entries hold short texts only.
pub const MAX_LINE: usize = 4096;

/// How a line ends, up to its hash.
const BEFORE_HASH: &str = ",\"hash\":\"";
/// How a line ends behind its hash.
const AFTER_HASH: &str = "\"}";

/// A SHA-256.
type Hash = [u8; 32];

/// The end of a chain: how many lines it has and the hash of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last line; lines are counted from 1.
    pub seq: u64,
    /// Its hash; zeros for an empty chain.
    pub hash: Hash,
}

/// A text that is no head of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the head of an audit log is a number, a colon and 64 hexadecimal digits")]
pub struct InvalidHead;

#[derive(Serialize)]
struct Linked<'a> {
    seq: u64,
    prev: String,
    #[serde(flatten)]
    entry: &'a Entry,
}

/// What can be seen of a line without its entry.
#[derive(serde::Deserialize)]
struct Link {
    seq: u64,
    prev: String,
    hash: String,
}

/// Why a line does not follow the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unlinked {
    /// It is longer than any line.
    #[error("it is too long")]
    TooLong,
    /// It has not the form of a line.
    #[error("it is no line of a log")]
    Malformed,
    /// Its number is not the next.
    #[error("its number does not follow: lines were taken out or put in before it")]
    Number,
    /// It names another line before it.
    #[error("it does not hang on the line before it, which was changed or replaced")]
    Previous,
    /// It was changed.
    #[error("its hash is not that of its content: it was changed")]
    Changed,
}

impl Head {
    /// The line that follows this head, with its newline, and the head that it makes.
    #[must_use]
    pub fn append(&self, entry: &Entry) -> (String, Self) {
        let seq = self.seq + 1;
        let linked = Linked { seq, prev: hex::encode(self.hash), entry };
        let mut line = serde_json::to_string(&linked).expect("an entry has only text keys");
        let closed = line.pop();
        debug_assert_eq!(closed, Some('}'), "an object ends with a brace");
        let hash: Hash = Sha256::digest(line.as_bytes()).into();
        line.push_str(BEFORE_HASH);
        line.push_str(&hex::encode(hash));
        line.push_str(AFTER_HASH);
        line.push('\n');
        (line, Self { seq, hash })
    }

    /// The head behind a line, which is given without its newline.
    ///
    /// # Errors
    /// [`Unlinked`] when the line does not follow this head.
    pub fn follow(&self, line: &[u8]) -> Result<Self, Unlinked> {
        if line.len() >= MAX_LINE {
            return Err(Unlinked::TooLong);
        }
        let link: Link = serde_json::from_slice(line).map_err(|_| Unlinked::Malformed)?;
        let tail = BEFORE_HASH.len() + 64 + AFTER_HASH.len();
        let body = line.len().checked_sub(tail).and_then(|end| line.get(..end)).ok_or(Unlinked::Malformed)?;
        let said = format!("{BEFORE_HASH}{}{AFTER_HASH}", link.hash);
        if line.get(body.len()..) != Some(said.as_bytes()) {
            return Err(Unlinked::Malformed);
        }
        if link.seq != self.seq + 1 {
            return Err(Unlinked::Number);
        }
        if link.prev != hex::encode(self.hash) {
            return Err(Unlinked::Previous);
        }
        let hash: Hash = Sha256::digest(body).into();
        if link.hash != hex::encode(hash) {
            return Err(Unlinked::Changed);
        }
        Ok(Self { seq: link.seq, hash })
    }

    /// Whether this is the head behind a line, which is given without its newline.
    #[must_use]
    pub fn is_behind(&self, line: &[u8]) -> bool {
        let link: Option<Link> = serde_json::from_slice(line).ok();
        let mut prev = Hash::default();
        let before = link.and_then(|link| {
            hex::decode_to_slice(link.prev, &mut prev).ok()?;
            Some(Self { seq: link.seq.checked_sub(1)?, hash: prev })
        });
        before.is_some_and(|before| before.follow(line) == Ok(*self))
    }

    /// The first 16 bytes of the hash in hexadecimal: what is published, short enough to stand in a name and long enough
    /// that nobody finds another chain with the same.
    #[must_use]
    pub fn mark(&self) -> String {
        hex::encode(&self.hash[..16])
    }

    /// Reads what `Display` writes.
    ///
    /// # Errors
    /// [`InvalidHead`].
    pub fn parse(text: &str) -> Result<Self, InvalidHead> {
        let (seq, hash) = text.split_once(':').ok_or(InvalidHead)?;
        let mut bytes = Hash::default();
        hex::decode_to_slice(hash, &mut bytes).map_err(|_| InvalidHead)?;
        Ok(Self { seq: seq.parse().map_err(|_| InvalidHead)?, hash: bytes })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex::encode(self.hash))
    }
}
