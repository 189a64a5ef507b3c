//! Bytes become lines, and lines become the texts of records: bounded, valid text, without secrets.

use clawlets_model::{Scrubber, limits};

/// Splits a stream of bytes into texts of at most [`limits::LOG_RECORD`] bytes, one or more for each line.
///
/// Bytes that are not UTF-8 become replacement characters. A line that is too long is cut, but never through a secret,
/// so a secret is found wherever it lies.
#[derive(Debug)]
pub struct LineSplitter {
    scrubber: Scrubber,
    /// The first bytes of a character whose rest has not been read yet.
    undecoded: Vec<u8>,
    /// The line so far.
    line: String,
}

impl LineSplitter {
    /// A splitter at the beginning of a stream.
    #[must_use]
    pub const fn new(scrubber: Scrubber) -> Self {
        Self { scrubber, undecoded: Vec::new(), line: String::new() }
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8], mut emit: impl FnMut(String)) {
        self.undecoded.extend_from_slice(bytes);
        let whole = self.undecoded.len() - unfinished_character(&self.undecoded);
        let rest = self.undecoded.split_off(whole);
        let bytes = std::mem::replace(&mut self.undecoded, rest);
        self.take_text(&String::from_utf8_lossy(&bytes), &mut emit);
    }

    /// Takes the end of the stream: a last line without an end is a line too.
    pub fn finish(mut self, mut emit: impl FnMut(String)) {
        let rest = std::mem::take(&mut self.undecoded);
        self.take_text(&String::from_utf8_lossy(&rest), &mut emit);
        if !self.line.is_empty() {
            self.end_line(&mut emit);
        }
    }

    fn take_text(&mut self, text: &str, emit: &mut impl FnMut(String)) {
        let mut pieces = text.split('\n');
        self.grow(pieces.next().unwrap_or_default(), emit);
        for piece in pieces {
            self.end_line(emit);
            self.grow(piece, emit);
        }
    }

    fn grow(&mut self, text: &str, emit: &mut impl FnMut(String)) {
        self.line.push_str(text);
        let enough = limits::LOG_RECORD + self.scrubber.longest();
        let mut done = 0;
        while self.line.len() - done > enough {
            let rest = &self.line[done..];
            let cut = self.scrubber.cut(rest, limits::LOG_RECORD);
            emit_scrubbed(&self.scrubber, &rest[..cut], emit);
            done += cut;
        }
        self.line.drain(..done);
    }

    fn end_line(&mut self, emit: &mut impl FnMut(String)) {
        let line = std::mem::take(&mut self.line);
        emit_scrubbed(&self.scrubber, line.strip_suffix('\r').unwrap_or(&line), emit);
    }
}

/// Emits the text without secrets, in pieces of an allowed size: what stands for a secret may be longer than it.
fn emit_scrubbed(scrubber: &Scrubber, text: &str, emit: &mut impl FnMut(String)) {
    let mut scrubbed = scrubber.scrub(text);
    while scrubbed.len() > limits::LOG_RECORD {
        let rest = scrubbed.split_off(scrubbed.floor_char_boundary(limits::LOG_RECORD));
        emit(std::mem::replace(&mut scrubbed, rest));
    }
    emit(scrubbed);
}

/// How many bytes at the end are the beginning of a character that is not complete.
fn unfinished_character(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let needed = match bytes[bytes.len() - back] {
            0x80..=0xBF => continue,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => 1,
        };
        return if needed > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use clawlets_model::{Secret, scrub::REDACTED};
    use proptest::prelude::*;

    fn split(chunks: &[&[u8]], secrets: &[&str]) -> Vec<String> {
        let secrets: Vec<Secret<String>> = secrets.iter().map(|text| Secret::from(*text)).collect();
        let mut splitter = LineSplitter::new(Scrubber::new(&secrets));
        let mut lines = Vec::new();
        for chunk in chunks {
            splitter.push(chunk, |line| lines.push(line));
        }
        splitter.finish(|line| lines.push(line));
        lines
    }

    #[test]
    fn lines_are_lines_however_they_arrive() {
        assert_eq!(split(&[b"one\ntw", b"o\r\n\nfour"], &[]), ["one", "two", "", "four"]);
        assert!(split(&[b""], &[]).is_empty());
        assert_eq!(split(&["gr\u{fc}n".as_bytes().split_at(3).0, &[0xbc, b'n']], &[]), ["gr\u{fc}n"]);
        assert_eq!(split(&[&[b'a', 0xff, b'b', b'\n', 0xe2]], &[]), ["a\u{fffd}b", "\u{fffd}"]);
    }

    #[test]
    fn a_secret_is_found_wherever_a_long_line_is_cut() {
        for before in limits::LOG_RECORD - 12..limits::LOG_RECORD + 2 {
            let line = format!("{}hunter2-hunter2{}", "x".repeat(before), "y".repeat(40_000));
            let pieces = split(&[line.as_bytes()], &["hunter2-hunter2"]);
            assert!(
                pieces.iter().all(|piece| !piece.contains("hunter2") && piece.len() <= limits::LOG_RECORD)
            );
            assert_eq!(pieces.concat(), line.replace("hunter2-hunter2", REDACTED));
        }
    }

    proptest! {
        #[test]
        fn the_chunks_make_no_difference(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..200) {
            let at = at.min(bytes.len());
            let (head, tail) = bytes.split_at(at);
            prop_assert_eq!(split(&[head, tail], &["secret"]), split(&[&bytes], &["secret"]));
        }
    }
}
