//! Reads and writes of the shared memory a second, as processes, beside shell scripts with `flock`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use clawlets_tests::program;

use crate::{
    interrupt,
    latencies::median,
    report::{Figure, Report},
    scale::Scale,
};

/// What a script needs to share a file. Its last word is the file, and what it writes comes on standard input.
const READ: &str = r#"exec 9< "$1.lock"; flock -s -w 5 9 && cat "$1""#;
const WRITE: &str = r#"exec 9> "$1.lock"; flock -x -w 5 9 && cat > "$1.next" && mv "$1.next" "$1""#;
/// The same, kept over a power cut.
const KEEP: &str = r#"exec 9> "$1.lock"; flock -x -w 5 9 && cat > "$1.next" && sync "$1.next" && mv "$1.next" "$1" && sync ."#;
/// Callers at the same time.
const TOGETHER: usize = 8;
/// What a note is like, in bytes.
const NOTE: usize = 2_000;

/// One way to read or write a file.
#[derive(Clone, Copy)]
enum Way {
    Clf(&'static [&'static str]),
    Script(&'static str),
}

struct Place {
    folder: PathBuf,
    note: PathBuf,
}

impl Place {
    fn command(&self, way: Way) -> Command {
        let mut command = match way {
            Way::Clf(words) => {
                let mut command = Command::new(program("clf"));
                command.arg("memory").args(words).env("CLAWLETS_MEMORY_ROOT", &self.folder);
                command
            }
            Way::Script(script) => {
                let mut command = Command::new("sh");
                command.args(["-c", script, "sh", "script.md"]);
                command
            }
        };
        command.current_dir(&self.folder).stdout(Stdio::null()).stderr(Stdio::null());
        command.stdin(fs::File::open(&self.note).expect("it was just written"));
        command
    }

    /// How many a second, over all callers.
    fn rate(&self, way: Way, callers: usize, calls: usize) -> f64 {
        let each = calls.div_ceil(callers);
        let begun = Instant::now();
        thread::scope(|scope| {
            for _ in 0..callers {
                scope.spawn(|| {
                    for _ in 0..each {
                        let status = self.command(way).status();
                        assert!(status.is_ok_and(|status| status.success()), "{:?}", self.command(way));
                    }
                });
            }
        });
        (each * callers) as f64 / begun.elapsed().as_secs_f64()
    }

    /// The median rates of several ways, in turns.
    fn in_turns<const N: usize>(&self, scale: &Scale, callers: usize, ways: [Way; N]) -> [f64; N] {
        let mut rates: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
        for _ in 0..scale.rounds {
            for (way, rates) in ways.iter().zip(&mut rates) {
                rates.push(self.rate(*way, callers, scale.starts));
            }
        }
        rates.map(median)
    }
}

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("memory", "The shared memory: reads and writes a second");
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
    interrupt::remember(folder.path(), None);
    let place = Place { folder: folder.path().join("memory"), note: folder.path().join("note") };
    prepare(&place);
    let [read, write] = [Way::Clf(&["read", "clf.md"]), Way::Clf(&["write", "clf.md"])];
    for callers in [1, TOGETHER] {
        let who = if callers == 1 { "one caller".to_owned() } else { format!("{callers} callers, one file") };
        let [ours, theirs] = place.in_turns(scale, callers, [read, Way::Script(READ)]);
        report.add(
            Figure::per_second(format!("clf memory read, {who}"), ours)
                .against("a script: flock -s, cat", theirs),
        );
        let [ours, theirs, kept] =
            place.in_turns(scale, callers, [write, Way::Script(WRITE), Way::Script(KEEP)]);
        report.add(
            Figure::per_second(format!("clf memory write, {who}"), ours)
                .against("a script that a power cut undoes: flock, cat, mv", theirs),
        );
        report.add(
            Figure::per_second(format!("clf memory write, {who}, both kept on disk"), ours)
                .against("a script: flock, cat, sync, mv, sync", kept),
        );
    }
    report.note(format!(
        "Notes of {NOTE} bytes. Each call is a process from its start to its end. A write of clf also computes digests, \
         notes who changed what, and works in a process apart so that a dead server holds up nobody."
    ));
    report
}

fn prepare(place: &Place) {
    fs::create_dir(&place.folder).expect("the folder was just made");
    fs::write(&place.note, "a line of a note\n".repeat(NOTE / 17)).expect("the folder was just made");
    let made = |path: &Path| assert!(path.exists(), "{} was not made", path.display());
    for way in [Way::Clf(&["write", "clf.md"]), Way::Script(WRITE)] {
        place.rate(way, 1, 1);
    }
    made(&place.folder.join("clf.md"));
    made(&place.folder.join("script.md"));
}
