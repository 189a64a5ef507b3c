//! A span as people write it: `90s`, `15m`, `2h`, `7d`.

use std::{borrow::Cow, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A span as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationText(pub Duration);

impl DurationText {
    /// Reads a number and its unit.
    ///
    /// # Errors
    /// In words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected a duration such as 90s, 15m, 2h or 7d";
        let unit = text.char_indices().next_back().map(|(at, _)| at).ok_or(EXPECTED)?;
        let (number, unit) = text.split_at(unit);
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => return Err(EXPECTED),
        };
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let number: u64 =
            if is_number { number.parse().map_err(|_| EXPECTED)? } else { return Err(EXPECTED) };
        number.checked_mul(seconds).map(|seconds| Self(Duration::from_secs(seconds))).ok_or(EXPECTED)
    }
}

impl<'de> Deserialize<'de> for DurationText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl JsonSchema for DurationText {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+[smhd]$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800)] {
            assert_eq!(DurationText::parse(text).unwrap().0.as_secs(), seconds, "{text}");
        }
        for text in ["", "s", "5", "-5m", "1.5h", "5 m", "5\u{b5}", "99999999999999999999s"] {
            assert!(DurationText::parse(text).is_err(), "{text}");
        }
    }
}
