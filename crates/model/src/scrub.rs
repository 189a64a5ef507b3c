//! Removes known secret values from text before it is stored or shipped.

use crate::secret::Secret;

/// What stands in the place of a secret.
pub const REDACTED: &str = "<redacted>";

/// Values shorter than this are not scrubbed: they would hit ordinary words.
pub const SHORTEST: usize = 6;

/// Knows a set of secret values and replaces each by [`REDACTED`].
///
/// A value of several lines is scrubbed line by line, since logs are read in lines. This is a second net: it does not
/// find a value that was encoded or split on purpose.
#[derive(Clone, Default)]
pub struct Scrubber {
    /// Longest first, so that a value that contains another is replaced whole.
    values: Vec<Secret<String>>,
    /// Whether what looks like a token of a GitHub App is one.
    github_tokens: bool,
}

/// How access tokens of GitHub Apps begin.
const GITHUB_TOKEN: &str = "ghs_";
/// What begins like one and is shorter than this is none.
const SHORTEST_GITHUB_TOKEN: usize = 24;

impl Scrubber {
    /// A scrubber for these values.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Secret<String>>) -> Self {
        let mut pieces: Vec<String> = values
            .into_iter()
            .flat_map(|secret| secret.expose().lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>())
            .filter(|piece| piece.len() >= SHORTEST)
            .collect();
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
        pieces.dedup();
        Self { values: pieces.into_iter().map(Secret::from).collect(), github_tokens: false }
    }

    /// The same, and it also takes whatever looks like an access token of a GitHub App for one: such a token is kept
    /// nowhere, so its value is not known any more once whoever minted it was started anew.
    #[must_use]
    pub fn and_github_tokens(mut self) -> Self {
        self.github_tokens = true;
        self
    }

    /// The text without any of the values.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for value in &self.values {
            if out.contains(value.expose().as_str()) {
                out = out.replace(value.expose().as_str(), REDACTED);
            }
        }
        if self.github_tokens { without_github_tokens(&out) } else { out }
    }

    /// Whether one of the values is in these bytes as it is.
    #[must_use]
    pub fn finds(&self, bytes: &[u8]) -> bool {
        if self.is_empty() {
            return false;
        }
        // What is no text is replaced, and no value is hidden by that: values are text.
        let text = String::from_utf8_lossy(bytes);
        self.values.iter().any(|value| text.contains(value.expose().as_str()))
            || (self.github_tokens && github_token(&text).is_some())
    }

    /// Where to cut a long text so that no value is cut in two: `at`, or the nearest place before it, or, where a value
    /// begins at the very start, the place behind that value. Always on a character boundary.
    ///
    /// The text should reach [`Scrubber::longest`] bytes beyond `at`: a value that begins before `at` and is not yet
    /// complete cannot be seen.
    #[must_use]
    pub fn cut(&self, text: &str, at: usize) -> usize {
        let mut cut = text.floor_char_boundary(at);
        // Moving the cut before one value may move it into another, so look again until it stays.
        while let Some((start, end)) = self.value_across(text, cut) {
            if start == 0 {
                return end;
            }
            cut = start;
        }
        cut
    }

    fn value_across(&self, text: &str, cut: usize) -> Option<(usize, usize)> {
        self.values.iter().find_map(|value| {
            let value = value.expose().as_str();
            let mut matches = text.match_indices(value).map(|(start, _)| (start, start + value.len()));
            matches.find(|(start, end)| *start < cut && cut < *end)
        })
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && !self.github_tokens
    }

    /// The length of the longest value, in bytes: how much of a stream's tail can still be the start of one.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.values.first().map_or(0, |value| value.expose().len())
    }
}

/// Where the first thing that looks like an access token of a GitHub App begins and ends.
fn github_token(text: &str) -> Option<(usize, usize)> {
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(GITHUB_TOKEN).find_map(|(start, _)| {
        let rest = &text[start..];
        let length = rest.find(|c| !in_token(c)).unwrap_or(rest.len());
        (length >= SHORTEST_GITHUB_TOKEN).then_some((start, start + length))
    })
}

fn without_github_tokens(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((start, end)) = github_token(rest) {
        out.push_str(&rest[..start]);
        out.push_str(REDACTED);
        rest = &rest[end..];
    }
    out + rest
}

impl std::fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scrubber({} values)", self.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_inside_another_is_replaced_whole() {
        let (short, long) = (Secret::from("abcdef"), Secret::from("abcdefghij"));
        let scrubber = Scrubber::new([&short, &long]);
        assert_eq!(scrubber.scrub("x abcdefghij y abcdef z"), "x <redacted> y <redacted> z");
    }

    #[test]
    fn a_cut_never_goes_through_a_value() {
        let (key, other) = (Secret::from("abcdef"), Secret::from("xyzabc"));
        let scrubber = Scrubber::new([&key, &other]);
        for (text, at, expected) in [
            ("0123456789", 4, 4),
            ("0abcdef789", 4, 1),
            ("abcdef6789", 4, 6),
            ("00xyzabcdef", 6, 2),
            ("00xyzabcdef", 20, 11),
            ("0\u{e9}123", 2, 1),
        ] {
            assert_eq!(scrubber.cut(text, at), expected, "{text} at {at}");
        }
    }

    #[test]
    fn a_github_token_that_nobody_remembers_is_known_by_its_looks() {
        let scrubber = Scrubber::default().and_github_tokens();
        let (old, new) = (format!("ghs_{}", "a1".repeat(18)), "ghs_123456_eyJhbGciOi.eyJpc3MiOi.c2ln-_x");
        assert_eq!(
            scrubber.scrub(&format!("a {old} b {new}, ghs_short")),
            "a <redacted> b <redacted>, ghs_short"
        );
        assert_eq!(Scrubber::default().scrub(&old), old);
        assert!(scrubber.finds(old.as_bytes()) && !scrubber.finds(b"ghs_short"));
    }

    #[test]
    fn a_value_is_found_among_bytes_that_are_no_text() {
        let scrubber = Scrubber::new([&Secret::from("abcdef")]);
        assert!(scrubber.finds(b"\xff\xfeabcdef\xff") && !scrubber.finds(b"abc\xffdef"));
    }

    #[test]
    fn each_line_of_a_long_value_is_scrubbed() {
        let key = Secret::from("-----BEGIN-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n");
        let scrubber = Scrubber::new([&key]);
        assert_eq!(scrubber.scrub("cat: MIIEvQIBADAN"), "cat: <redacted>");
    }
}
