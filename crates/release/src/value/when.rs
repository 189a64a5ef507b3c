//! Moments as documents write them.

use std::fmt;

use jiff::Timestamp;

use super::{InvalidValue, invalid::as_text};

/// A moment in RFC 3339 with `Z`, in the one form in which it is written: `2026-11-21T08:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UtcTime(Timestamp);

impl UtcTime {
    /// A moment, cut to whole seconds.
    #[must_use]
    pub fn at(moment: Timestamp) -> Self {
        Self(Timestamp::from_second(moment.as_second()).unwrap_or(moment))
    }

    /// Reads a moment.
    ///
    /// # Errors
    /// [`InvalidValue`] for another form: an offset, a space, lower-case letters, a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        match text.parse::<Timestamp>() {
            Ok(moment) if moment.to_string() == text => Ok(Self(moment)),
            Ok(_) | Err(_) => {
                Err(InvalidValue::new("time", text, "RFC 3339 in UTC, such as '2026-11-21T08:00:00Z'"))
            }
        }
    }

    /// The moment.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }
}

as_text!(UtcTime);

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
