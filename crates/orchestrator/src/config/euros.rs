//! An amount of money as it stands in the file: `10`, `9.5`, `"9.50"`.

use std::fmt;

use clawlets_model::MicroEuros;
use serde::{Deserialize, Deserializer, de};

/// Euros that were written as a number or as text, taken exactly as they were written.
#[derive(Debug, Clone, Copy, schemars::JsonSchema)]
#[schemars(with = "f64", rename = "Euros")]
pub(super) struct Euros(pub(super) MicroEuros);

struct Reader;

impl Reader {
    fn read<E: de::Error>(text: &str) -> Result<Euros, E> {
        let expected =
            || E::custom(format!("{text} is not an amount in euros: expected 0 or more, as 10 or 9.50"));
        MicroEuros::parse(text).map(Euros).ok_or_else(expected)
    }
}

impl de::Visitor<'_> for Reader {
    type Value = Euros;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount in euros")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Euros, E> {
        Self::read(&value.to_string())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Euros, E> {
        Self::read(&value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Euros, E> {
        // The shortest decimal that means this number is what was written.
        Self::read(&value.to_string())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Euros, E> {
        Self::read(value.trim())
    }
}

impl<'de> Deserialize<'de> for Euros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_what_was_written() {
        #[derive(Deserialize)]
        struct Line {
            eur: Euros,
        }
        let read = |text: &str| {
            let line: Result<Line, _> = toml::from_str(&format!("eur = {text}"));
            line.ok().map(|line| line.eur.0.get())
        };
        let cases = [
            ("10", Some(10_000_000)),
            ("9.98", Some(9_980_000)),
            ("0.1", Some(100_000)),
            ("\"9.50\"", Some(9_500_000)),
            ("0", Some(0)),
            ("-1", None),
            ("-0.5", None),
            ("nan", None),
            ("inf", None),
            ("\"ten\"", None),
            ("true", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
