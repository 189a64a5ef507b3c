//! Records between the task and the orchestrator: numbered, bounded, kept until they are acknowledged.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use clawlets_model::{
    guest::{LogRecord, LogStream},
    limits,
};
use jiff::Timestamp;

use crate::console::Console;

/// How many bytes of records wait in memory at most.
pub const QUEUE_BYTES: usize = 4 * 1024 * 1024;
/// What a record costs besides its text: its number, time and stream, in memory as on the wire.
const RECORD_OVERHEAD: usize = 64;

/// The queue. Cloning gives another handle to the same one.
#[derive(Debug, Clone)]
pub struct LogQueue(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    console: Console,
}

#[derive(Debug, Default)]
struct State {
    records: VecDeque<Record>,
    bytes: usize,
    /// The sequence number of the first record. A record's own number follows from its place.
    first_seq: u64,
    /// What the task has written so far, in bytes, counted up to the limit.
    written: usize,
    /// Output that finds the queue full is dropped instead of waiting.
    gave_up: bool,
    /// Nothing comes any more: the shipper may end when the queue is empty.
    closed: bool,
    refusal_was_noted: bool,
}

#[derive(Debug)]
struct Record {
    t: Timestamp,
    stream: LogStream,
    data: String,
}

impl Record {
    fn cost(&self) -> usize {
        self.data.len() + RECORD_OVERHEAD
    }
}

/// Records on their way, as lines of JSON. They stay in the queue until they are acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The number of the first one.
    pub first_seq: u64,
    /// How many there are.
    pub count: usize,
    /// The lines.
    pub body: Vec<u8>,
}

impl LogQueue {
    /// An empty queue. What the system says is also said on the console.
    #[must_use]
    pub fn new(console: Console) -> Self {
        Self(Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), console }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a record of this program's own. Never waits: there are few of these. The text must hold no secret.
    pub fn system(&self, data: &str) {
        self.0.console.say(data);
        self.state().append(LogStream::System, data.to_owned());
        self.0.changed.notify_all();
    }

    /// Lets the console say what it was not allowed to say yet.
    pub fn release_console(&self) {
        self.0.console.release();
    }

    /// Adds a record of the task's, of at most [`limits::LOG_RECORD`] bytes. Waits while the queue is full, unless
    /// [`Self::give_up_waiting`] was called. Drops it when the task has written [`limits::LOG_BYTES`] already.
    pub fn output(&self, stream: LogStream, data: String) {
        let cost = data.len() + RECORD_OVERHEAD;
        let mut state = self.state();
        while state.bytes + cost > QUEUE_BYTES && !state.gave_up {
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.written >= limits::LOG_BYTES || state.bytes + cost > QUEUE_BYTES {
            return;
        }
        state.written += cost;
        if state.written >= limits::LOG_BYTES {
            state.append(
                LogStream::System,
                "truncated: the output is longer than a job's log may be".to_owned(),
            );
        } else {
            state.append(stream, data);
        }
        drop(state);
        self.0.changed.notify_all();
    }

    /// Waits for records and returns the first ones, as many as fit into [`limits::LOG_BATCH`]. None when the queue is
    /// closed and empty.
    #[must_use]
    pub fn next_batch(&self) -> Option<Batch> {
        let mut state = self.state();
        while state.records.is_empty() {
            if state.closed {
                return None;
            }
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Some(state.batch())
    }

    /// The first records, as [`Self::next_batch`] would return them; none when there are none now.
    pub(super) fn batch(&self) -> Option<Batch> {
        let state = self.state();
        (!state.records.is_empty()).then(|| state.batch())
    }

    /// The orchestrator wants record `seq` next. Everything before it is its own now. When the queue does not hold that
    /// record, numbering goes on from there, so that a conversation never gets stuck.
    pub fn go_on_from(&self, seq: u64) {
        self.state().go_on_from(seq);
        self.0.changed.notify_all();
    }

    /// The orchestrator refused the first `count` records for good: they are dropped, and that is noted once.
    pub fn drop_refused(&self, count: usize) {
        let mut state = self.state();
        state.forget(count);
        if !state.refusal_was_noted {
            state.refusal_was_noted = true;
            state.append(LogStream::System, format!("{count} log records were refused and dropped"));
        }
        drop(state);
        self.0.changed.notify_all();
    }

    /// From now on output that finds the queue full is dropped.
    pub fn give_up_waiting(&self) {
        self.state().gave_up = true;
        self.0.changed.notify_all();
    }

    /// No more records will come.
    pub fn close(&self) {
        self.state().closed = true;
        self.0.changed.notify_all();
    }

    /// Waits until everything was acknowledged, at most that long. Says whether it was.
    #[must_use]
    pub fn wait_until_empty(&self, at_most: Duration) -> bool {
        let until = Instant::now() + at_most;
        let mut state = self.state();
        while !state.records.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let (next, _) = self.0.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            state = next;
        }
        true
    }
}

impl State {
    fn append(&mut self, stream: LogStream, data: String) {
        let record = Record { t: Timestamp::now(), stream, data };
        self.bytes += record.cost();
        self.records.push_back(record);
    }

    fn forget(&mut self, count: usize) {
        for record in self.records.drain(..count.min(self.records.len())) {
            self.bytes -= record.cost();
        }
    }

    fn go_on_from(&mut self, seq: u64) {
        let held = self.first_seq..=self.first_seq + self.records.len() as u64;
        if held.contains(&seq) {
            self.forget(usize::try_from(seq - self.first_seq).unwrap_or(usize::MAX));
        }
        self.first_seq = seq;
    }

    fn batch(&self) -> Batch {
        let mut batch = Batch { first_seq: self.first_seq, count: 0, body: Vec::new() };
        for (seq, record) in (self.first_seq..).zip(&self.records) {
            let line = LogRecord { seq, t: record.t, stream: record.stream, data: record.data.clone() };
            let mut line = serde_json::to_vec(&line).expect("a log record has only text keys");
            line.push(b'\n');
            if batch.count > 0 && batch.body.len() + line.len() > limits::LOG_BATCH {
                break;
            }
            batch.body.append(&mut line);
            batch.count += 1;
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn queue() -> LogQueue {
        LogQueue::new(Console::new(std::io::sink()))
    }

    fn texts(queue: &LogQueue) -> Vec<(u64, String)> {
        let batch = queue.next_batch().unwrap();
        let lines = batch.body.split(|b| *b == b'\n').filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_slice::<LogRecord>(line).unwrap())
            .map(|r| (r.seq, r.data))
            .collect()
    }

    #[test]
    fn records_stay_until_they_are_acknowledged() {
        let queue = queue();
        for text in ["a", "b", "c"] {
            queue.output(LogStream::Stdout, text.to_owned());
        }
        assert_eq!(texts(&queue).len(), 3);
        queue.go_on_from(2);
        assert_eq!(texts(&queue), [(2, "c".to_owned())]);
        queue.go_on_from(3);
        assert!(queue.wait_until_empty(Duration::ZERO));
        queue.close();
        assert_eq!(queue.next_batch(), None);
    }

    #[test]
    fn an_orchestrator_that_forgot_or_knows_more_gets_consecutive_numbers() {
        for expected in [0, 40] {
            let queue = queue();
            queue.go_on_from(7);
            queue.system("a");
            queue.go_on_from(expected);
            assert_eq!(texts(&queue), [(expected, "a".to_owned())]);
        }
    }

    #[test]
    fn a_full_queue_makes_the_writer_wait_until_there_is_room() {
        let queue = queue();
        let line = "x".repeat(limits::LOG_RECORD);
        let writer = queue.clone();
        let total = QUEUE_BYTES / limits::LOG_RECORD + 50;
        let writing =
            thread::spawn(move || (0..total).for_each(|_| writer.output(LogStream::Stdout, line.clone())));
        let mut seen = 0;
        while seen < total {
            let batch = queue.next_batch().unwrap();
            assert!(batch.body.len() <= limits::LOG_BATCH);
            assert!(queue.state().bytes <= QUEUE_BYTES);
            seen += batch.count;
            queue.go_on_from(seen as u64);
        }
        writing.join().unwrap();
    }

    #[test]
    fn a_writer_that_waits_is_freed_when_waiting_is_given_up() {
        let queue = queue();
        let writer = queue.clone();
        let writing = thread::spawn(move || {
            (0..1000).for_each(|_| writer.output(LogStream::Stdout, "x".repeat(limits::LOG_RECORD)));
        });
        queue.give_up_waiting();
        writing.join().unwrap();
        assert!(queue.state().bytes <= QUEUE_BYTES);
    }

    #[test]
    fn beyond_the_limit_one_record_says_truncated_and_the_system_still_speaks() {
        let queue = queue();
        let mut written = 0;
        while written < 2 * limits::LOG_BYTES {
            queue.output(LogStream::Stdout, "x".repeat(1000));
            written += 1000;
            let batch = queue.state().batch();
            queue.go_on_from(batch.first_seq + batch.count.saturating_sub(1) as u64);
        }
        queue.system("bye");
        let texts: Vec<String> = texts(&queue).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[0].starts_with("truncated") && texts[1] == "bye");
    }

    #[test]
    fn refused_records_are_dropped_and_noted_once() {
        let queue = queue();
        queue.system("a");
        queue.drop_refused(1);
        assert_eq!(texts(&queue), [(0, "1 log records were refused and dropped".to_owned())]);
        queue.drop_refused(1);
        assert!(queue.wait_until_empty(Duration::ZERO));
    }
}
