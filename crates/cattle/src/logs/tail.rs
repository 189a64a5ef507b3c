//! The end of a stream, for the result.

use std::collections::VecDeque;

/// How much of the output is kept for the result, in bytes.
pub const OUTPUT_BYTES: usize = 16 * 1024;

/// The last lines of a stream, [`OUTPUT_BYTES`] together at most.
#[derive(Debug, Default)]
pub struct Tail {
    lines: VecDeque<String>,
    bytes: usize,
}

impl Tail {
    /// Adds a line.
    pub fn push(&mut self, line: &str) {
        self.lines.push_back(line.to_owned());
        self.bytes += line.len() + 1;
        while self.bytes > OUTPUT_BYTES {
            let Some(dropped) = self.lines.pop_front() else { break };
            self.bytes -= dropped.len() + 1;
        }
    }

    /// The lines as one text; none when there is nothing.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let lines: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept() {
        let mut tail = Tail::default();
        assert_eq!(tail.text(), None);
        for n in 0..100_000 {
            tail.push(&n.to_string());
        }
        let text = tail.text().unwrap();
        assert!(text.ends_with("99998\n99999") && text.len() <= OUTPUT_BYTES, "{}", text.len());
    }
}
