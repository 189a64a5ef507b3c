//! Where in a document something stands.

use std::fmt;

use thiserror::Error;

/// The path of a value in a JSON document: `hosts.web-1.enable`, `fleet.botOrder.1`. Positions in a list count from
/// zero. A key that holds a dot, a quote or nothing at all stands in double quotes: `labels."example.com/team"`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JsonPath(Vec<String>);

/// A text that is not a path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a path: expected keys with dots between, such as 'hosts.web-1.enable'")]
pub struct InvalidPath(String);

impl JsonPath {
    /// The document itself, which is shown as nothing.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The path of these keys, outermost first. A position in a list is its number as text.
    #[must_use]
    pub fn of<'a>(segments: impl IntoIterator<Item = &'a str>) -> Self {
        Self(segments.into_iter().map(str::to_owned).collect())
    }

    /// Reads a path as it is shown. The empty text is the document itself.
    ///
    /// # Errors
    /// [`InvalidPath`] on an empty key without quotes, and on a quote that is not closed or stands within a key.
    pub fn parse(text: &str) -> Result<Self, InvalidPath> {
        let fault = || InvalidPath(text.chars().take(80).collect());
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() || !segments.is_empty() {
            let (segment, behind) = match rest.strip_prefix('"') {
                Some(quoted) => unquote(quoted).ok_or_else(fault)?,
                None => {
                    let end = rest.find('.').unwrap_or(rest.len());
                    (rest[..end].to_owned(), &rest[end..])
                }
            };
            if segment.contains('"') && !rest.starts_with('"') || segment.is_empty() && !rest.starts_with('"')
            {
                return Err(fault());
            }
            segments.push(segment);
            match behind.strip_prefix('.') {
                Some(next) => rest = next,
                None if behind.is_empty() => break,
                None => return Err(fault()),
            }
        }
        Ok(Self(segments))
    }

    /// The keys, outermost first.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The innermost key; none for the document itself.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// Whether this is the document itself.
    #[must_use]
    pub const fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `other` is this value or stands within it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The path of a value within this one.
    #[must_use]
    pub fn child(&self, key: &str) -> Self {
        let mut path = self.clone();
        path.push(key);
        path
    }

    pub(crate) fn push(&mut self, key: &str) {
        self.0.push(key.to_owned());
    }

    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }
}

/// What stands between an opening quote that was taken off already and the closing one, and what is behind it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut key = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((key, &text[at + 1..])),
            '\\' => key.push(chars.next()?.1),
            c => key.push(c),
        }
    }
    None
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            if segment.is_empty() || segment.contains(['.', '"']) {
                write!(f, "\"{}\"", segment.replace('\\', "\\\\").replace('"', "\\\""))?;
            } else {
                f.write_str(segment)?;
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for JsonPath {
    type Err = InvalidPath;
    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        Self::parse(text)
    }
}

impl serde::Serialize for JsonPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_with_a_dot_stands_in_quotes() {
        let path = JsonPath::of(["cattle", "labels", "example.com/team", ""]);
        assert_eq!(path.to_string(), r#"cattle.labels."example.com/team"."""#);
        assert_eq!(JsonPath::parse(&path.to_string()), Ok(path));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for bad in ["a..b", ".a", "a.", "\"a", "a\"b", "\"a\"b"] {
            assert!(JsonPath::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(JsonPath::parse(""), Ok(JsonPath::root()));
    }

    proptest! {
        #[test]
        fn a_path_reads_back_as_it_is_shown(segments in prop::collection::vec("[a-z.\"\\\\]{0,4}", 0..4)) {
            let path = JsonPath::of(segments.iter().map(String::as_str));
            prop_assert_eq!(JsonPath::parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = JsonPath::parse(&text);
        }
    }
}
