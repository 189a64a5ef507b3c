//! What a scalar without quotes means, and how SOPS writes each kind of value.
//!
//! YAML leaves room for several readings of `0123`, `1_000` or `2026-11-21`. What the reference program reads one way
//! and others read another way is refused with a request for quotes, so that no value is changed in silence.

use super::tree::ScalarKind;

/// What a scalar without quotes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    Null,
    Value(ScalarKind),
    /// Programs disagree on what it means.
    Ambiguous,
}

const NULLS: [&str; 5] = ["", "~", "null", "Null", "NULL"];
const TRUE: [&str; 3] = ["true", "True", "TRUE"];
const FALSE: [&str; 3] = ["false", "False", "FALSE"];

/// Reads a scalar that has no quotes.
pub(super) fn resolve(text: &str) -> Plain {
    if NULLS.contains(&text) {
        return Plain::Null;
    }
    if TRUE.contains(&text) || FALSE.contains(&text) {
        return Plain::Value(ScalarKind::Boolean);
    }
    if is_timestamp_like(text) {
        let is_exact = canonical(ScalarKind::Time, text).is_some();
        return if is_exact { Plain::Value(ScalarKind::Time) } else { Plain::Ambiguous };
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let Some("inf" | "Inf" | "INF" | "nan" | "NaN" | "NAN") = unsigned.strip_prefix('.') {
        return Plain::Ambiguous;
    }
    let starts_as_number = unsigned.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
    if !starts_as_number {
        return Plain::Value(ScalarKind::Text);
    }
    if is_decimal(unsigned) {
        return if text.parse::<i64>().is_ok() {
            Plain::Value(ScalarKind::Integer)
        } else {
            Plain::Ambiguous
        };
    }
    if is_odd_number(unsigned) {
        return Plain::Ambiguous;
    }
    match is_float(unsigned).then(|| text.parse::<f64>()) {
        Some(Ok(number)) if number.is_finite() => Plain::Value(ScalarKind::Float),
        Some(_) => Plain::Ambiguous,
        None => Plain::Value(ScalarKind::Text),
    }
}

fn is_decimal(text: &str) -> bool {
    text == "0" || (!text.starts_with('0') && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
}

/// Octal, hexadecimal and binary numbers, and digits with underscores.
fn is_odd_number(text: &str) -> bool {
    let rest = |prefix: &str| text.strip_prefix(prefix).or_else(|| text.strip_prefix(&prefix.to_uppercase()));
    if let Some(digits) = rest("0x").or_else(|| rest("0o")).or_else(|| rest("0b")) {
        return digits.bytes().all(|b| b.is_ascii_hexdigit() || b == b'_');
    }
    let is_octal = text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    let without = text.replace('_', "");
    is_octal || (text.contains('_') && (is_float(&without) || without.bytes().all(|b| b.is_ascii_digit())))
}

/// `12`, `1.5`, `.5`, `1.`, `1e9`.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fits
}

/// Four digits, a dash, one or two digits, a dash, a digit: where a date may begin.
fn is_timestamp_like(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    digits(year, &[4]) && digits(month, &[1, 2]) && rest.starts_with(|c: char| c.is_ascii_digit())
}

/// How SOPS writes a value before it encrypts it and when it computes the checksum; none when the text is no value of
/// that kind.
pub(super) fn canonical(kind: ScalarKind, text: &str) -> Option<String> {
    match kind {
        ScalarKind::Text => Some(text.to_owned()),
        ScalarKind::Integer => text.parse::<i64>().ok().map(|number| number.to_string()),
        ScalarKind::Float => {
            text.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number.to_string())
        }
        ScalarKind::Boolean if TRUE.contains(&text) => Some("True".to_owned()),
        ScalarKind::Boolean => FALSE.contains(&text).then(|| "False".to_owned()),
        ScalarKind::Time => {
            let whole = match text.len() {
                10 => format!("{text}T00:00:00Z"),
                _ => text.to_owned(),
            };
            let has_form = whole.len() >= 20
                && whole.as_bytes()[10] == b'T'
                && whole.bytes().all(|b| b.is_ascii_digit() || b"-:TZ.+".contains(&b));
            (has_form && whole.parse::<jiff::Timestamp>().is_ok()).then_some(whole)
        }
    }
}

/// Whether writing the value as SOPS does would change how it looks: `1.50` becomes `1.5`.
pub(super) fn is_kept(kind: ScalarKind, text: &str) -> bool {
    match kind {
        ScalarKind::Text | ScalarKind::Boolean => true,
        ScalarKind::Integer | ScalarKind::Float => canonical(kind, text).as_deref() == Some(text),
        ScalarKind::Time => canonical(kind, text).is_some(),
    }
}

/// The name of a kind inside `ENC[…,type:…]`.
pub(super) const fn type_name(kind: ScalarKind) -> &'static str {
    match kind {
        ScalarKind::Text => "str",
        ScalarKind::Integer => "int",
        ScalarKind::Float => "float",
        ScalarKind::Boolean => "bool",
        ScalarKind::Time => "time",
    }
}

/// The kind of such a name.
pub(super) fn kind_named(name: &str) -> Option<ScalarKind> {
    [ScalarKind::Text, ScalarKind::Integer, ScalarKind::Float, ScalarKind::Boolean, ScalarKind::Time]
        .into_iter()
        .find(|kind| type_name(*kind) == name)
}

/// How a decrypted value is written in YAML.
pub(super) fn written(kind: ScalarKind, decrypted: &str) -> Option<String> {
    let canonical = canonical(kind, decrypted)?;
    Some(match kind {
        ScalarKind::Boolean => canonical.to_lowercase(),
        ScalarKind::Text | ScalarKind::Integer | ScalarKind::Float | ScalarKind::Time => canonical,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_without_quotes_means_what_the_reference_program_reads() {
        use ScalarKind::{Boolean, Float, Integer, Text, Time};
        for (text, expected) in [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("null", Plain::Null),
            ("true", Plain::Value(Boolean)),
            ("FALSE", Plain::Value(Boolean)),
            ("yes", Plain::Value(Text)),
            ("12", Plain::Value(Integer)),
            ("-12", Plain::Value(Integer)),
            ("9223372036854775807", Plain::Value(Integer)),
            ("9223372036854775808", Plain::Ambiguous),
            ("0123", Plain::Ambiguous),
            ("0x1F", Plain::Ambiguous),
            ("0o17", Plain::Ambiguous),
            ("1_000", Plain::Ambiguous),
            (".inf", Plain::Ambiguous),
            ("-.INF", Plain::Ambiguous),
            ("1.5", Plain::Value(Float)),
            (".5", Plain::Value(Float)),
            ("1e3", Plain::Value(Float)),
            ("1e999", Plain::Ambiguous),
            ("1.2.3", Plain::Value(Text)),
            ("12abc", Plain::Value(Text)),
            ("1:30", Plain::Value(Text)),
            ("+49", Plain::Value(Integer)),
            ("2026-11-21", Plain::Value(Time)),
            ("2026-11-21T10:00:00Z", Plain::Value(Time)),
            ("2026-11-21 10:00:00", Plain::Ambiguous),
            ("2026-13-99", Plain::Ambiguous),
            ("2026-11", Plain::Value(Text)),
            ("-", Plain::Value(Text)),
            ("ENC[AES256_GCM,data:x]", Plain::Value(Text)),
        ] {
            assert_eq!(resolve(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_kept_only_when_they_look_the_same_afterwards() {
        for (kind, text, kept) in [
            (ScalarKind::Float, "1.5", true),
            (ScalarKind::Float, "1.50", false),
            (ScalarKind::Float, "1e3", false),
            (ScalarKind::Integer, "+49", false),
            (ScalarKind::Integer, "-0", false),
            (ScalarKind::Text, "1.50", true),
        ] {
            assert_eq!(is_kept(kind, text), kept, "{text}");
        }
    }
}
