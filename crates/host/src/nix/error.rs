//! What Nix says when it fails, and what that means.

use std::io;

use clawlets_release::update::Trouble;

use crate::{
    Interrupt,
    process::{Ended, Unended},
};

/// Why something about the store could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NixError {
    /// It was left before it was done.
    Interrupted(Interrupt),
    /// It did not work.
    Trouble(Trouble),
}

impl From<Interrupt> for NixError {
    fn from(interrupt: Interrupt) -> Self {
        Self::Interrupted(interrupt)
    }
}

impl From<Trouble> for NixError {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Unended> for NixError {
    fn from(unended: Unended) -> Self {
        match unended {
            Unended::Interrupted(interrupt) => Self::Interrupted(interrupt),
            Unended::TooSlow => Self::Trouble(Trouble::Network),
            Unended::Io(error) => Self::Trouble(of_io(&error)),
        }
    }
}

/// Why a system is not ready to run, and what somebody said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrealised {
    /// What it means.
    pub error: NixError,
    /// Who looks after the host wants to read it; nothing is decided by it.
    pub said: Option<String>,
}

impl From<NixError> for Unrealised {
    fn from(error: NixError) -> Self {
        Self { error, said: None }
    }
}

/// The last error that Nix complained of, without colours and at most so long that it fits into a status.
pub(super) fn last_error(talk: &str) -> Option<String> {
    let line = talk.lines().rev().find_map(|line| line.trim_start().strip_prefix("error: "))?;
    Some(line.chars().filter(|letter| !letter.is_control()).take(MOST_SAID).collect())
}

const MOST_SAID: usize = 400;

/// What an error of the system means.
pub(crate) fn of_io(error: &io::Error) -> Trouble {
    let kind = error.kind();
    if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        Trouble::DiskFull
    } else if kind == io::ErrorKind::ReadOnlyFilesystem {
        Trouble::ReadOnly
    } else {
        Trouble::Other
    }
}

/// What Nix means, by the words that it has used for it in every release so far. The order matters: a cache that cannot
/// be reached also leaves a path that nobody can build.
const SAID: &[(&str, Trouble)] = &[
    ("No space left on device", Trouble::DiskFull),
    ("database or disk is full", Trouble::DiskFull),
    ("Read-only file system", Trouble::ReadOnly),
    ("readonly database", Trouble::ReadOnly),
    ("hash mismatch", Trouble::Untrusted),
    ("lacks a valid signature", Trouble::Untrusted),
    ("lacks a signature", Trouble::Untrusted),
    ("is not signed by any of the keys", Trouble::Untrusted),
    ("bad archive", Trouble::Untrusted),
    ("input compressed", Trouble::Untrusted),
    ("unable to download", Trouble::Network),
    ("Couldn't resolve host", Trouble::Network),
    ("Couldn't connect", Trouble::Network),
    ("don't know how to build", Trouble::NotCached),
    ("no substituter that can build it", Trouble::NotCached),
    ("is required, but", Trouble::NotCached),
];

pub(super) fn of_ended(ended: &Ended) -> Trouble {
    if ended.is_killed() {
        return Trouble::Killed;
    }
    let found = SAID.iter().find(|(words, _)| ended.talk.contains(words));
    found.map_or(Trouble::Other, |(_, trouble)| *trouble)
}
