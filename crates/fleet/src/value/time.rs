//! Durations and moments.

use std::{fmt, time::Duration};

use clawlets_model::{
    Ttl,
    duration::{InvalidDuration, format_seconds, parse_duration},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value as Json, json};

use super::InvalidValue;
use crate::{form::Text, problem::ProblemCode};

/// A length of time, in whole seconds: `30m`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(Duration);

impl Period {
    const EXPECTED: &'static str = "a whole number and one of s, m, h, d, such as 30m";

    /// Reads a duration.
    ///
    /// # Errors
    /// [`InvalidDuration`] when the text is none.
    pub fn parse(text: &str) -> Result<Self, InvalidDuration> {
        parse_duration(text).map(Self)
    }

    /// This many seconds.
    pub(crate) const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The length of time.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_seconds(self.0.as_secs()))
    }
}

/// How a duration looks to an editor; its bounds are checked by the program.
fn duration_schema() -> Json {
    json!({ "type": "string", "pattern": r"^0*[1-9][0-9]*\s*[smhdSMHD]$" })
}

impl Text for Period {
    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| Self::EXPECTED.to_owned())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        duration_schema()
    }
    fn suggest(text: &str) -> Option<String> {
        systemd_span(text)
    }
}

impl Text for Ttl {
    const CODE: ProblemCode = ProblemCode::OutOfRange;

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| match error {
            InvalidDuration::Syntax(_) => Period::EXPECTED.to_owned(),
            InvalidDuration::Range(_) | InvalidDuration::Policy { .. } => {
                format!("a duration from {} to {}", Self::MIN, Self::MAX)
            }
        })
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        duration_schema()
    }
    fn suggest(text: &str) -> Option<String> {
        systemd_span(text).filter(|text| Self::parse(text).is_ok())
    }
}

/// A span as systemd writes it (`30min`, `1h 30min`, `2 weeks`) as a duration; none when it is no such span.
pub(crate) fn systemd_span(text: &str) -> Option<String> {
    let mut rest = text.trim();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "" | "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hr" | "hour" | "hours" => 3_600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest[letters..].trim_start();
    }
    (total > 0).then(|| format_seconds(total))
}

/// A moment: `2027-01-31T00:00:00Z`, or a day, which means its beginning in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Timestamp);

impl Moment {
    /// Reads a moment.
    ///
    /// # Errors
    /// [`InvalidValue`] when the text is neither a time of RFC 3339 nor a day.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let day = |text: &str| {
            text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        };
        let moment = text.parse::<Timestamp>().ok().or_else(|| day(text)).map(Self);
        moment.ok_or_else(|| InvalidValue::new(text, "a moment such as 2027-01-31T00:00:00Z"))
    }

    /// The moment.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Text for Moment {
    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.expected.to_owned())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_systemd_are_understood() {
        for (text, expected) in [
            ("30min", Some("30m")),
            ("1h 30min", Some("90m")),
            ("1hour30 min", Some("90m")),
            ("2 weeks", Some("14d")),
            ("90", Some("90s")),
            ("daily", None),
            ("*:0/30", None),
            ("0", None),
            ("99999999999999999999h", None),
        ] {
            assert_eq!(systemd_span(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_day_means_its_beginning() {
        assert_eq!(Moment::parse("2027-01-31"), Moment::parse("2027-01-31T00:00:00Z"));
        assert!(Moment::parse("soon").is_err());
    }
}
