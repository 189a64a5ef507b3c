//! Money, exact to a millionth of a euro.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// An amount of money in millionths of a euro, without VAT. Fractions of a millionth are rounded up, so that a sum of
/// reservations is never too small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MicroEuros(u64);

impl MicroEuros {
    /// This many millionths of a euro.
    #[must_use]
    pub const fn new(millionths: u64) -> Self {
        Self(millionths)
    }

    /// Millionths of a euro.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Reads a decimal like `0.0063000000000000`; `None` when it is not one, or beyond any price.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') {
            return None;
        }
        let (kept, dropped) = fraction.split_at(fraction.len().min(6));
        let millionths: u64 = format!("{kept:0<6}").parse().ok()?;
        let round_up = u64::from(dropped.bytes().any(|b| b != b'0'));
        let amount = whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(millionths)?;
        amount.checked_add(round_up).map(Self)
    }

    /// This amount `times` times over, or the largest amount there is.
    #[must_use]
    pub const fn times(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }

    /// Both amounts together, or the largest amount there is.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left after taking `other` away; nothing when that is more.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// In whole cents, rounded up, as people read it: `9.98`.
    #[must_use]
    pub fn to_cents_text(self) -> String {
        let cents = self.0.div_ceil(10_000);
        format!("{}.{:02}", cents / 100, cents % 100)
    }
}

impl fmt::Display for MicroEuros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl<'de> Deserialize<'de> for MicroEuros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a price is not a decimal number"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_decimal_is_read_exactly_and_rounded_up() {
        let cases = [
            ("0.0063000000000000", Some(6_300)),
            ("0.0000001", Some(1)),
            ("3.49", Some(3_490_000)),
            ("3.4900000", Some(3_490_000)),
            ("12", Some(12_000_000)),
            ("0", Some(0)),
            ("1.9999999", Some(2_000_000)),
            ("", None),
            (".5", None),
            ("5.", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("1,5", None),
            ("NaN", None),
            ("1.2.3", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(MicroEuros::parse(text).map(MicroEuros::get), expected, "{text}");
        }
    }

    #[test]
    fn an_amount_is_shown_in_euros() {
        assert_eq!(MicroEuros::new(3_490_000).to_string(), "3.490000");
        assert_eq!(MicroEuros::new(9_971_000).to_cents_text(), "9.98");
        assert_eq!(MicroEuros::new(7).times(2).plus(MicroEuros::new(1)).to_string(), "0.000015");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(amount in 0..u64::MAX / 2) {
            let amount = MicroEuros::new(amount);
            prop_assert_eq!(MicroEuros::parse(&amount.to_string()), Some(amount));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9.]{0,60}") {
            if let Some(amount) = MicroEuros::parse(&text) {
                prop_assert!(text.parse::<f64>().is_ok_and(|euros| amount.get() as f64 >= euros * 1e6 * 0.999_999));
            }
        }
    }
}
