//! Switches and numbers.

use std::num::NonZeroU32;

use clawlets_model::MicroEuros;
use serde_json::{Value as Json, json};

use super::{Form, Reader};
use crate::{
    json::{Node, Value},
    problem::ProblemCode,
};

impl Form for bool {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if let Value::Bool(value) = node.value {
            return Some(value);
        }
        reader.wrong_type(node, "true or false");
        None
    }

    fn schema() -> Json {
        json!({ "type": "boolean" })
    }

    fn to_json(&self) -> Json {
        Json::Bool(*self)
    }
}

/// Reads a whole number. `2.0` is one as well, as in a JSON Schema.
fn whole(node: &Node, reader: &mut Reader<'_>, least: u64, most: u64) -> Option<u64> {
    let expected = format!("a whole number from {least} to {most}");
    let Value::Number(digits) = &node.value else {
        reader.wrong_type(node, &expected);
        return None;
    };
    let exact = digits.parse::<u64>().ok().or_else(|| {
        let value = digits.parse::<f64>().ok()?;
        // Beyond this, a number with a fraction or an exponent is not exact.
        let is_exact = value.fract() == 0.0 && (0.0..9.0e15).contains(&value);
        is_exact.then(|| format!("{value:.0}").parse().ok()).flatten()
    });
    let number = exact.filter(|number| (least..=most).contains(number));
    if number.is_none() {
        reader.invalid(node, ProblemCode::OutOfRange, &expected, None);
    }
    number
}

macro_rules! whole_number {
    ($($type:ty, $least:expr, $most:expr;)+) => {$(
        impl Form for $type {
            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                Self::try_from(whole(node, reader, $least, $most)?).ok()
            }
            fn schema() -> Json {
                json!({ "type": "integer", "minimum": $least, "maximum": $most })
            }
            fn to_json(&self) -> Json {
                json!(*self)
            }
        }
    )+};
}
whole_number! {
    u32, 0, u64::from(u32::MAX);
    u64, 0, (1_u64 << 53) - 1;
}

/// A whole number that is not zero.
impl Form for NonZeroU32 {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let number = whole(node, reader, 1, u64::from(u32::MAX))?;
        u32::try_from(number).ok().and_then(Self::new)
    }

    fn schema() -> Json {
        json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX })
    }

    fn to_json(&self) -> Json {
        json!(self.get())
    }
}

/// An amount in euros, exactly as it is written.
impl Form for MicroEuros {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "an amount in euros, 0 or more, such as 10 or 9.50";
        let Value::Number(digits) = &node.value else {
            reader.wrong_type(node, expected);
            return None;
        };
        let amount = Self::parse(digits);
        if amount.is_none() {
            reader.invalid(node, ProblemCode::OutOfRange, expected, None);
        }
        amount
    }

    fn schema() -> Json {
        json!({ "type": "number", "minimum": 0 })
    }

    fn to_json(&self) -> Json {
        let text = self.to_string();
        let text = text.trim_end_matches('0').trim_end_matches('.');
        let number = text.parse().map(Json::Number);
        number.expect("an amount in euros is a decimal number")
    }
}
