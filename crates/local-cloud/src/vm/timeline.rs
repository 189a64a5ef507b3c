//! When a guest passed which phase of its birth: `timeline.ndjson` in its directory, a line per phase.
//!
//! The daemon and the shim both append to it. Moments are of the machine's monotonic clock, which both read. Nothing
//! depends on the file: one that cannot be written is a timeline less, and no failure.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// The name of the file in the guest's directory.
const FILE: &str = "timeline.ndjson";
/// The most that is read of it, in bytes; a whole timeline is far below.
const MAX_LENGTH: usize = 64 * 1024;

/// A moment of the monotonic clock, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) fn now() -> Self {
        let time = clock_gettime(ClockId::Monotonic);
        Self(time.tv_sec * 1_000_000 + time.tv_nsec / 1_000)
    }

    /// How many microseconds later than `other` it is; negative when it is earlier.
    pub(crate) const fn since(self, other: Self) -> i64 {
        self.0 - other.0
    }
}

/// A phase that a guest has just reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// The API has accepted the order.
    Accepted,
    /// Its action's work has begun.
    Begun,
    /// The shim is a process with its own network.
    ShimStarted,
    /// QEMU has been started.
    QemuStarted,
    /// QEMU's monitor has answered: the machine exists.
    Greeted,
    /// The machine is what the template was.
    Restored,
    /// The guest has gone through a dummy identity once.
    Rehearsed,
    /// It is paused and waits to be claimed.
    Parked,
    /// A claim has arrived at the shim.
    Asked,
    /// Relays and metadata service listen.
    Connected,
    /// The identity has been written to the claim port.
    Claimed,
    /// The guest's processor runs.
    Resumed,
    /// The daemon knows that the guest runs.
    Running,
}

/// A line of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) phase: Phase,
    /// When, on the monotonic clock.
    pub(crate) us: Moment,
}

/// A timeline to be continued.
#[derive(Debug)]
pub(crate) struct Timeline {
    file: Option<File>,
}

impl Timeline {
    /// Begins an empty one in a guest's directory.
    pub(crate) fn begin(dir: &Path) -> Self {
        let _ = fs::remove_file(path(dir));
        Self::resume(dir)
    }

    /// Goes on with the one that is there.
    pub(crate) fn resume(dir: &Path) -> Self {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path(dir));
        Self { file: file.ok() }
    }

    /// Notes that a phase has been reached now.
    pub(crate) fn note(&mut self, phase: Phase) {
        self.note_at(phase, Moment::now());
    }

    /// Notes that a phase was reached at a moment.
    pub(crate) fn note_at(&mut self, phase: Phase, us: Moment) {
        let Some(file) = &mut self.file else { return };
        let mut line = serde_json::to_vec(&Mark { phase, us }).expect("a mark has string keys only");
        line.push(b'\n');
        // One call, so that lines of two processes never mix.
        let _ = file.write_all(&line);
    }
}

/// The marks of a guest in the order of their moments; none when there is no timeline.
pub(crate) fn read(dir: &Path) -> Vec<Mark> {
    let Ok(text) = fs::read_to_string(path(dir)) else { return Vec::new() };
    let text = text.get(..MAX_LENGTH).unwrap_or(&text);
    // A line that a newer program wrote is left out.
    let mut marks: Vec<Mark> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    marks.sort_by_key(|mark| mark.us);
    marks
}

fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writers_make_one_timeline_in_the_order_of_the_moments() {
        let dir = tempfile::tempdir().unwrap();
        let accepted = Moment::now();
        let mut shim = Timeline::begin(dir.path());
        shim.note(Phase::Greeted);
        Timeline::resume(dir.path()).note_at(Phase::Accepted, accepted);
        OpenOptions::new()
            .append(true)
            .open(path(dir.path()))
            .unwrap()
            .write_all(b"{\"phase\":\"unheard of\",\"us\":1}\n")
            .unwrap();
        shim.note(Phase::Resumed);
        let marks = read(dir.path());
        let phases: Vec<Phase> = marks.iter().map(|mark| mark.phase).collect();
        assert_eq!(phases, [Phase::Accepted, Phase::Greeted, Phase::Resumed]);
        assert!(marks[2].us.since(accepted) >= 0);
    }

    #[test]
    fn a_timeline_that_cannot_be_written_is_empty_and_no_failure() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("gone");
        Timeline::begin(&gone).note(Phase::Accepted);
        assert!(read(&gone).is_empty());
    }
}
