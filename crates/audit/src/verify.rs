//! Looking at a whole log.

use std::io::{self, BufRead, Read};

use thiserror::Error;

use crate::{
    Head,
    chain::{MAX_LINE, Unlinked},
};

/// A log whose chain holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its end.
    pub head: Head,
    /// How many bytes it has.
    pub length: u64,
    /// Of the marks that were asked for, those that are not in it.
    pub absent: Vec<String>,
}

/// Where a chain breaks.
#[derive(Debug, Error)]
#[error("line {line}: {fault}")]
pub struct BrokenChain {
    /// The first line that does not fit, from 1.
    pub line: u64,
    /// Why.
    #[source]
    pub fault: Fault,
}

/// Why a line does not fit.
#[derive(Debug, Error)]
pub enum Fault {
    /// It does not follow the one before it.
    #[error(transparent)]
    Unlinked(#[from] Unlinked),
    /// It has no end: the last write was cut off, or something was cut off since.
    #[error("it has no end")]
    CutOff,
    /// It cannot be read.
    #[error("it cannot be read")]
    Read(#[source] io::Error),
}

/// A look at a log, line by line.
#[derive(Debug, Default)]
pub struct Verifier {
    head: Head,
    length: u64,
    absent: Vec<String>,
}

impl Verifier {
    /// Nothing was looked at yet. `marks` are [marks](Head::mark) of heads that were published: each must be that of one of
    /// the lines.
    #[must_use]
    pub fn new(marks: &[String]) -> Self {
        Self { absent: marks.to_vec(), ..Self::default() }
    }

    /// The head behind the lines that were looked at.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Looks at the next line, which is given without its newline.
    ///
    /// # Errors
    /// [`BrokenChain`] when it does not follow the one before.
    pub fn line(&mut self, line: &[u8]) -> Result<(), BrokenChain> {
        self.head = self.head.follow(line).map_err(|fault| self.broken(fault.into()))?;
        self.length += line.len() as u64 + 1;
        if !self.absent.is_empty() {
            let mark = self.head.mark();
            self.absent.retain(|wanted| *wanted != mark);
        }
        Ok(())
    }

    /// That the next line does not fit.
    #[must_use]
    pub fn broken(&self, fault: Fault) -> BrokenChain {
        BrokenChain { line: self.head.seq + 1, fault }
    }

    /// What was seen, when there is no more.
    #[must_use]
    pub fn end(self) -> Verified {
        Verified { head: self.head, length: self.length, absent: self.absent }
    }
}

/// Reads a log to its end. `marks` are as in [`Verifier::new`].
///
/// # Errors
/// [`BrokenChain`] at the first line that does not fit.
pub fn verify(mut log: impl BufRead, marks: &[String]) -> Result<Verified, BrokenChain> {
    let mut verifier = Verifier::new(marks);
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = MAX_LINE as u64 + 1;
        let read = log.by_ref().take(limit).read_until(b'\n', &mut line);
        let read = read.map_err(|error| verifier.broken(Fault::Read(error)))?;
        if read == 0 {
            return Ok(verifier.end());
        }
        if line.last() != Some(&b'\n') {
            let fault = if read as u64 == limit { Unlinked::TooLong.into() } else { Fault::CutOff };
            return Err(verifier.broken(fault));
        }
        line.pop();
        verifier.line(&line)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decision, Entry, Face, Kind};
    use proptest::prelude::*;

    fn entry(target: &str) -> Entry {
        Entry {
            at: jiff::Timestamp::UNIX_EPOCH,
            kind: Kind::Decision,
            actor: "human".to_owned(),
            caller: None,
            face: Face::Http,
            action: "deploy".to_owned(),
            target: Some(target.to_owned()),
            image: None,
            decision: Decision::Allow,
            code: None,
            deploy: None,
        }
    }

    fn log(targets: &[&str]) -> (String, Head) {
        let mut head = Head::default();
        let mut text = String::new();
        for target in targets {
            let (line, next) = head.append(&entry(target));
            text.push_str(&line);
            head = next;
        }
        (text, head)
    }

    #[test]
    fn a_log_that_nobody_touched_holds() {
        let (text, head) = log(&["web-1", "web-2", "all"]);
        let (_, second) = log(&["web-1", "web-2"]);
        let marks = [second.mark(), "0".repeat(32)];
        let verified = verify(text.as_bytes(), &marks).unwrap();
        assert_eq!((verified.head, verified.length), (head, text.len() as u64));
        assert_eq!(verified.absent, ["0".repeat(32)]);
        assert_eq!(Head::parse(&head.to_string()), Ok(head));
        let last = text.lines().last().unwrap();
        assert!(head.is_behind(last.as_bytes()) && !second.is_behind(last.as_bytes()));
        assert!(!head.is_behind(last.replace("all", "web-9").as_bytes()) && !head.is_behind(b"{}"));
    }

    #[test]
    fn whatever_was_done_to_a_log_is_found_and_where() {
        let (text, _) = log(&["web-1", "web-2", "web-3"]);
        let lines: Vec<&str> = text.lines().collect();
        let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let cases = [
            (text.replace("web-2", "web-9"), 2, "it was changed"),
            (joined(&[lines[0], lines[2]]), 2, "taken out"),
            (joined(&[lines[0], lines[0], lines[1]]), 2, "put in"),
            (joined(&[lines[1], lines[2]]), 1, "taken out"),
            (text.trim_end().to_owned(), 3, "no end"),
            (text[..text.len() - 20].to_owned(), 3, "no end"),
            (format!("{}\n", "x".repeat(5_000)), 1, "too long"),
            (format!("\n{text}"), 1, "no line"),
            (joined(&[lines[0], &lines[1].replace(":2,", ": 2,")]), 2, "it was changed"),
        ];
        for (text, line, why) in cases {
            let error = verify(text.as_bytes(), &[]).unwrap_err();
            assert!(error.line == line && error.to_string().contains(why), "{why}: {error}");
        }
    }

    #[test]
    fn another_log_of_the_same_length_is_told_by_a_published_mark() {
        let (_, published) = log(&["web-1", "web-2"]);
        let (other, _) = log(&["web-1", "web-9", "web-3"]);
        let verified = verify(other.as_bytes(), &[published.mark()]).unwrap();
        assert_eq!(verified.absent, [published.mark()]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_verified_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let verified = verify(bytes.as_slice(), &[]);
            prop_assert_eq!(verified.is_ok(), bytes.is_empty());
        }

        #[test]
        fn a_changed_byte_is_always_found(at in 0_usize..1000, to in any::<u8>()) {
            let (text, _) = log(&["web-1", "web-2", "web-3"]);
            let mut bytes = text.into_bytes();
            let at = at % bytes.len();
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            prop_assert!(verify(bytes.as_slice(), &[]).is_err());
        }
    }
}
