//! Durations as people write them (`30m`, `2H`, `7 d`), and the time-to-live of a VM.

use std::{fmt, time::Duration};

use thiserror::Error;

/// A text that is not a duration, or not one that a VM may live for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidDuration {
    /// Not a number and a unit.
    #[error("{0:?} is not a duration: expected a whole number and one of s, m, h, d, such as '30m'")]
    Syntax(String),
    /// Zero, or too large to count in seconds.
    #[error("{0:?} is out of range: expected more than zero and less than 100 years")]
    Range(String),
    /// A duration, but not a TTL that the policy allows.
    #[error("a TTL of {got} is out of bounds: expected {min} to {max}")]
    Policy {
        /// What was asked for.
        got: String,
        /// The shortest TTL allowed.
        min: String,
        /// The longest TTL allowed.
        max: String,
    },
}

const LONGEST: u64 = 100 * 365 * 86_400;

/// Reads `<n><s|m|h|d>`: any case, white space around and between is dropped, leading zeros allowed.
///
/// # Errors
/// [`InvalidDuration`] on anything else, on zero, and beyond 100 years.
pub fn parse_duration(text: &str) -> Result<Duration, InvalidDuration> {
    let syntax = || InvalidDuration::Syntax(text.chars().take(40).collect());
    let trimmed = text.trim();
    let split = trimmed.find(|c: char| !c.is_ascii_digit()).ok_or_else(syntax)?;
    let (digits, unit) = trimmed.split_at(split);
    if digits.is_empty() {
        return Err(syntax());
    }
    let unit = match unit.trim_start() {
        "s" | "S" => 1,
        "m" | "M" => 60,
        "h" | "H" => 3_600,
        "d" | "D" => 86_400,
        _ => return Err(syntax()),
    };
    let seconds = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
    match seconds {
        Some(s) if s > 0 && s <= LONGEST => Ok(Duration::from_secs(s)),
        Some(_) | None => Err(InvalidDuration::Range(trimmed.chars().take(40).collect())),
    }
}

/// Writes whole seconds in the largest unit that divides them: 5400 s is `90m`.
#[must_use]
pub fn format_seconds(seconds: u64) -> String {
    match seconds {
        s if s > 0 && s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s > 0 && s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s > 0 && s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

/// How long a VM may live, counted from the create call. One minute to seven days unless a policy says otherwise.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Ttl(u64);

impl Ttl {
    /// The shortest TTL: one minute.
    pub const MIN: Self = Self(60);
    /// The longest TTL: seven days.
    pub const MAX: Self = Self(7 * 86_400);

    /// Reads a TTL and holds it against the default bounds.
    ///
    /// # Errors
    /// [`InvalidDuration`] when the text is no duration or lies outside [`Ttl::MIN`] … [`Ttl::MAX`].
    pub fn parse(text: &str) -> Result<Self, InvalidDuration> {
        Self(parse_duration(text)?.as_secs()).within(Self::MIN, Self::MAX)
    }

    /// The same TTL if it lies within `min` and `max`.
    ///
    /// # Errors
    /// [`InvalidDuration::Policy`] when it does not.
    pub fn within(self, min: Self, max: Self) -> Result<Self, InvalidDuration> {
        if (min..=max).contains(&self) {
            Ok(self)
        } else {
            Err(InvalidDuration::Policy { got: self.to_string(), min: min.to_string(), max: max.to_string() })
        }
    }

    /// Whole seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_seconds(self.0))
    }
}

impl std::str::FromStr for Ttl {
    type Err = InvalidDuration;
    fn from_str(text: &str) -> Result<Self, InvalidDuration> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Ttl {
    type Error = InvalidDuration;
    fn try_from(text: String) -> Result<Self, InvalidDuration> {
        if text.trim() != text {
            return Err(InvalidDuration::Syntax(text));
        }
        Self::parse(&text)
    }
}

impl From<Ttl> for String {
    fn from(ttl: Ttl) -> String {
        ttl.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_duration_reads_back() {
        for seconds in [1, 59, 60, 61, 3_600, 5_400, 86_400, 7 * 86_400] {
            assert_eq!(parse_duration(&format_seconds(seconds)).unwrap().as_secs(), seconds);
        }
    }

    #[test]
    fn a_huge_number_is_out_of_range_and_does_not_wrap() {
        assert!(matches!(parse_duration("99999999999999999999d"), Err(InvalidDuration::Range(_))));
        assert!(matches!(parse_duration("18446744073709551615d"), Err(InvalidDuration::Range(_))));
    }

    #[test]
    fn white_space_is_refused_on_the_wire() {
        assert!(serde_json::from_str::<Ttl>("\" 2h\"").is_err());
        assert_eq!(serde_json::from_str::<Ttl>("\"2h\"").unwrap().seconds(), 7_200);
    }
}
