//! What the program is when it executes itself anew, as words on its command line.

use std::{ffi::OsString, os::fd::OwnedFd, os::unix::process::CommandExt, process::Command, time::Duration};

use super::{CloneError, Port};
use crate::clock::since_boot;

/// The command that all of these words follow.
pub(crate) const COMMAND: &str = "clone";
const PARKED: &str = "parked";
const CLAIMED: &str = "claimed";
const REHEARSING: &str = "rehearsing";

/// What the program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To do the work of a job.
    Work,
    /// To practise, against an orchestrator that says the same to everything.
    Rehearsal,
}

/// A step in the life of a copy. Each is a process image of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is nobody and waits.
    Parked,
    /// It has just become somebody.
    Awake(Awake),
}

/// What a process must know whose machine has just become somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awake {
    /// What for.
    pub purpose: Purpose,
    /// How many bytes of user data wait in the port.
    pub user_data_length: usize,
    /// When the claim came, since the kernel started.
    pub since: Duration,
}

impl Step {
    /// Reads the words behind `clone`.
    #[must_use]
    pub fn parse(words: &[OsString]) -> Option<Self> {
        let words: Option<Vec<&str>> = words.iter().map(|word| word.to_str()).collect();
        let (purpose, length, since) = match words?.as_slice() {
            [PARKED] => return Some(Self::Parked),
            [CLAIMED, length, since] => (Purpose::Work, *length, *since),
            [REHEARSING, length, since] => (Purpose::Rehearsal, *length, *since),
            _ => return None,
        };
        Some(Self::Awake(Awake {
            purpose,
            user_data_length: length.parse().ok()?,
            since: Duration::from_nanos(since.parse().ok()?),
        }))
    }

    /// The words, `clone` included.
    fn words(&self) -> Vec<String> {
        let mut words = vec![COMMAND.to_owned()];
        match self {
            Self::Parked => words.push(PARKED.to_owned()),
            Self::Awake(awake) => {
                let word = match awake.purpose {
                    Purpose::Work => CLAIMED,
                    Purpose::Rehearsal => REHEARSING,
                };
                let since = awake.since.as_nanos();
                words.extend([word.to_owned(), awake.user_data_length.to_string(), since.to_string()]);
            }
        }
        words
    }

    /// Executes this program anew as this step, with the port as its standard input. Every thread of this process ends,
    /// and every other file of it is closed. Returns only when that fails.
    #[must_use]
    pub fn enter(&self, port: Port) -> CloneError {
        let error = Command::new("/proc/self/exe").args(self.words()).stdin(OwnedFd::from(port)).exec();
        CloneError::System { action: "execute this program anew", source: error }
    }
}

impl Awake {
    /// A machine that becomes somebody now.
    pub(super) fn now(purpose: Purpose, user_data_length: usize) -> Self {
        Self { purpose, user_data_length, since: since_boot() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Option<Step> {
        Step::parse(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn every_step_reads_back() {
        let awake = |purpose| {
            Step::Awake(Awake { purpose, user_data_length: 310, since: Duration::from_nanos(5_000_000_001) })
        };
        for step in [Step::Parked, awake(Purpose::Work), awake(Purpose::Rehearsal)] {
            let words = step.words();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            assert_eq!((words[0], parse(&words[1..])), (COMMAND, Some(step)));
        }
    }

    #[test]
    fn other_words_are_no_step() {
        for words in [
            &[][..],
            &["somebody"],
            &["parked", "1"],
            &["claimed"],
            &["claimed", "1"],
            &["claimed", "-1", "1"],
            &["claimed", "1", "x"],
            &["rehearsing", "1", "2", "3"],
        ] {
            assert_eq!(parse(words), None, "{words:?}");
        }
    }
}
