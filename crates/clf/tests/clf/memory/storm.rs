//! Fifty writers and fifty readers lose nothing.

use std::{
    io::Write as _,
    process::Stdio,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use clawlets_memory::Digest;
use serde_json::Value;

use super::{
    checker::{Call, Did, Explained, explain},
    desk::Desk,
};

const WRITERS: u64 = 50;
const READERS: u64 = 50;
/// Few, so that they meet.
const FILES: [&str; 3] = ["ops.md", "project.md", "daily/2026-11-21_web-1.md"];

/// A call and the file that it was about.
type Recorded = (usize, Call);

/// The parts that all callers share.
struct Storm {
    desk: Desk,
    begun: Instant,
    until: Duration,
    numbers: AtomicU64,
}

/// How a process ended.
struct Ended {
    began: Duration,
    ended: Duration,
    code: i32,
    out: String,
    talk: String,
}

impl Storm {
    fn is_over(&self) -> bool {
        self.begun.elapsed() >= self.until
    }

    /// A number that no other text holds.
    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = self.desk.command(arguments);
        command.args(["--wait", "10m", "--deadline", "10m"]).stdin(Stdio::null());
        let began = self.begun.elapsed();
        let output = command.output().unwrap();
        let ended = self.begun.elapsed();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended {
            began,
            ended,
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            talk: text(output.stderr),
        }
    }

    fn read(&self, file: usize) -> Recorded {
        let ended = self.run(&["read", FILES[file]]);
        let state = match ended.code {
            0 => Some(Digest::of(ended.out.as_bytes())),
            3 => None,
            code => panic!("a read ended with {code}: {}", ended.talk),
        };
        (file, ended.call(Did::Saw(state)))
    }

    fn write(&self, file: usize) -> Recorded {
        let text = format!("text {}\n", self.number());
        let ended = self.run(&["write", FILES[file], &text, "--json"]);
        let (before, after) = ended.change();
        (file, ended.call(Did::Wrote { text, demanded: None, before, after }))
    }

    fn append(&self, file: usize) -> Recorded {
        let line = format!("- line {}", self.number());
        let ended = self.run(&["append", FILES[file], &line, "--json"]);
        let (before, after) = ended.change();
        (file, ended.call(Did::Appended { line, before, after }))
    }

    /// Reads, and writes if nobody else did meanwhile.
    fn swap(&self, file: usize) -> Vec<Recorded> {
        let read = self.read(file);
        let Did::Saw(Some(seen)) = read.1.did else { return vec![read] };
        let text = format!("swapped {}\n", self.number());
        let ended = self.run(&["write", FILES[file], &text, "--if-match", &seen.to_string(), "--json"]);
        let did = if ended.code == 5 {
            Did::Saw(ended.found())
        } else {
            let (before, after) = ended.change();
            Did::Wrote { text, demanded: Some(seen), before, after }
        };
        vec![read, (file, ended.call(did))]
    }

    /// One caller after the other, until the time is over. Which call comes next follows from the caller's number.
    fn writer(&self, number: u64) -> Vec<Recorded> {
        let mut recorded = Vec::new();
        let mut dice = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        while !self.is_over() {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let file = usize::try_from(dice >> 8).unwrap() % FILES.len();
            match dice % 10 {
                0 => recorded.push(self.write(file)),
                1..7 => recorded.push(self.append(file)),
                _ => recorded.extend(self.swap(file)),
            }
        }
        recorded
    }

    fn reader(&self, number: u64) -> Vec<Recorded> {
        let mut recorded = Vec::new();
        let mut file = usize::try_from(number).unwrap();
        while !self.is_over() {
            file = (file + 1) % FILES.len();
            recorded.push(self.read(file));
        }
        recorded
    }
}

impl Ended {
    fn call(&self, did: Did) -> Call {
        Call { began: self.began, ended: self.ended, did }
    }

    /// What a change says that it replaced and made.
    fn change(&self) -> (Option<Digest>, Digest) {
        assert_eq!(self.code, 0, "a change failed: {}", self.talk);
        let document: Value = serde_json::from_str(&self.out).unwrap();
        let digest = |key: &str| document[key].as_str().map(|text| Digest::parse(text).unwrap());
        (digest("before"), digest("sha256").unwrap())
    }

    /// The version that a refused swap found instead.
    fn found(&self) -> Option<Digest> {
        let document: Value = serde_json::from_str(&self.talk).unwrap();
        let message = document["error"]["message"].as_str().unwrap().to_owned();
        message.split(|c: char| !c.is_ascii_hexdigit()).find_map(|word| Digest::parse(word).ok())
    }
}

/// How long the storm lasts: a minute where `CLAWLETS_MEMORY_SECONDS` says so.
fn duration() -> Duration {
    let seconds = std::env::var("CLAWLETS_MEMORY_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(4))
}

#[test]
fn fifty_writers_and_fifty_readers_lose_nothing() {
    let storm =
        Storm { desk: Desk::new(), begun: Instant::now(), until: duration(), numbers: AtomicU64::new(0) };
    let mut recorded: Vec<Recorded> = thread::scope(|scope| {
        let storm = &storm;
        let writers = (0..WRITERS).map(|number| scope.spawn(move || storm.writer(number + 1)));
        let readers = (0..READERS).map(|number| scope.spawn(move || storm.reader(number)));
        let callers: Vec<_> = writers.chain(readers).collect();
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    // What is there in the end belongs to the history.
    recorded.extend((0..FILES.len()).map(|file| storm.read(file)));
    let mut whole = Explained { mutations: 0, observations: 0 };
    for (number, file) in FILES.iter().enumerate() {
        let history: Vec<Call> =
            recorded.iter().filter(|(file, _)| *file == number).map(|(_, call)| call.clone()).collect();
        let explained = explain(&history).unwrap_or_else(|violation| panic!("{file}: {violation}"));
        whole.mutations += explained.mutations;
        whole.observations += explained.observations;
    }
    assert!(whole.mutations >= 50 && whole.observations >= 50, "{whole:?}");
    let hidden = storm.desk.names().into_iter().filter(|name| name.ends_with(".next"));
    assert_eq!(hidden.count(), 0, "nothing is left behind");
    let _ = writeln!(
        std::io::stderr(),
        "memory: {} changes and {} reads in {} s have one order",
        whole.mutations,
        whole.observations,
        storm.until.as_secs()
    );
}
