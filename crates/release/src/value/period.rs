//! Lengths of time as documents write them.

use std::{fmt, time::Duration};

use clawlets_model::duration::{format_seconds, parse_duration};

use super::{InvalidValue, invalid::as_text};

/// A length of time in whole seconds, more than zero; as text `30s`, `2m`, `1h` or `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period(u64);

impl Period {
    /// So many seconds.
    ///
    /// # Errors
    /// [`InvalidValue`] for zero and beyond 100 years.
    pub fn seconds(seconds: u64) -> Result<Self, InvalidValue> {
        Self::parse(&format!("{seconds}s"))
    }

    /// Reads a number and a unit, without white space.
    ///
    /// # Errors
    /// [`InvalidValue`] on anything else, on zero, and beyond 100 years.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let invalid = || InvalidValue::new("period", text, "a number and one of s, m, h, d, such as '30m'");
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            parse_duration(text).map(|duration| Self(duration.as_secs())).map_err(|_| invalid())
        } else {
            Err(invalid())
        }
    }

    /// Whole seconds.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// The same as a duration.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

as_text!(Period);

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_seconds(self.0))
    }
}
