//! The form of the file: `KEY=value` lines.

use std::{collections::BTreeMap, error::Error, fmt};

use clawlets_model::Secret;

use super::Key;

/// What begins an age key, which belongs into a file of its own.
const AGE_KEY: &str = "AGE-SECRET-KEY-";

/// A line that cannot be used. It never holds what stands behind the equals sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineError {
    line: usize,
    fault: LineFault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum LineFault {
    /// It has no equals sign, or no name before it.
    NoPair,
    Unknown {
        name: String,
        nearest: Option<&'static str>,
    },
    Twice(Key),
    Control(Key),
    OpenQuote(Key),
    KeyItself(Key),
}

/// Reads the file. Empty lines and lines that begin with `#` say nothing, and neither does a key without a value. White
/// space around a value and one pair of quotes are dropped.
///
/// # Errors
/// Every line that cannot be used.
pub(super) fn parse(text: &str) -> Result<BTreeMap<Key, Secret<String>>, Vec<LineError>> {
    let mut values = BTreeMap::new();
    let mut seen = Vec::new();
    let mut faults = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match pair(line, &seen) {
            Ok((key, value)) => {
                seen.push(key);
                if !value.is_empty() {
                    values.insert(key, Secret::from(value));
                }
            }
            Err(fault) => faults.push(LineError { line: at + 1, fault }),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

/// The key that a line gives a value to; none for comments and for what cannot be used.
pub(super) fn key_of(line: &str) -> Option<Key> {
    Key::parse(line.split_once('=')?.0.trim())
}

fn pair<'a>(line: &'a str, seen: &[Key]) -> Result<(Key, &'a str), LineFault> {
    let (name, value) = line.split_once('=').ok_or(LineFault::NoPair)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(LineFault::NoPair);
    }
    let Some(key) = Key::parse(name) else {
        // A name may be a pasted token: only what looks like a name is repeated.
        let is_name = name.len() <= 40 && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        let name = if is_name { name.to_owned() } else { "…".to_owned() };
        return Err(LineFault::Unknown { nearest: Key::nearest(&name), name });
    };
    if seen.contains(&key) {
        return Err(LineFault::Twice(key));
    }
    let value = unquoted(value.trim()).ok_or(LineFault::OpenQuote(key))?;
    if value.contains(|c: char| c.is_control()) {
        return Err(LineFault::Control(key));
    }
    if key == Key::SopsAgeKeyFile && value.contains(AGE_KEY) {
        return Err(LineFault::KeyItself(key));
    }
    Ok((key, value))
}

fn unquoted(value: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.strip_suffix(quote).filter(|inner| !inner.contains(quote));
        }
    }
    Some(value)
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.fault {
            LineFault::NoPair => f.write_str("expected KEY=value"),
            LineFault::Unknown { name, nearest: Some(nearest) } => {
                write!(f, "unknown key {name}; did you mean {nearest}?")
            }
            LineFault::Unknown { name, nearest: None } => {
                let known = Key::ALL.map(Key::name).join(", ");
                write!(f, "unknown key {name}, expected one of {known}")
            }
            LineFault::Twice(key) => write!(f, "{} stands twice", key.name()),
            LineFault::Control(key) => write!(f, "the value of {} has a control character", key.name()),
            LineFault::OpenQuote(key) => {
                write!(f, "the quotes around the value of {} do not match", key.name())
            }
            LineFault::KeyItself(key) => {
                write!(f, "{} names the file of the key; the key itself does not belong here", key.name())
            }
        }
    }
}

impl Error for LineError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Vec<(Key, String)>, Vec<String>> {
        match parse(text) {
            Ok(values) => Ok(values.into_iter().map(|(key, value)| (key, value.expose().clone())).collect()),
            Err(faults) => Err(faults.iter().map(ToString::to_string).collect()),
        }
    }

    #[test]
    fn every_form_of_a_line_is_read() {
        for (text, value) in [
            ("HCLOUD_TOKEN=abc", Some("abc")),
            ("  HCLOUD_TOKEN = abc \r\n", Some("abc")),
            ("HCLOUD_TOKEN=\"a b=c\"", Some("a b=c")),
            ("HCLOUD_TOKEN='a\"b'", Some("a\"b")),
            ("HCLOUD_TOKEN=a#b", Some("a#b")),
            ("# HCLOUD_TOKEN=abc\n\n", None),
            ("HCLOUD_TOKEN=", None),
            ("HCLOUD_TOKEN=''", None),
        ] {
            let expected = value.map(|value| (Key::HcloudToken, value.to_owned())).into_iter().collect();
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn every_wrong_line_is_named_without_its_value() {
        let text = "HCLOUD_TOKN=hidden\nhidden\n=hidden\nAWS_PROFILE=a\nAWS_PROFILE=hidden\nNIX_BIN=\"hidden\n\
                    SOPS_AGE_KEY_FILE=AGE-SECRET-KEY-1HIDDEN\nGITHUB_TOKEN=hid\u{7}den\nhiddenhidden=x\nDEBUG=hidden";
        let faults = read(text).unwrap_err();
        assert_eq!(
            faults,
            [
                "line 1: unknown key HCLOUD_TOKN; did you mean HCLOUD_TOKEN?",
                "line 2: expected KEY=value",
                "line 3: expected KEY=value",
                "line 5: AWS_PROFILE stands twice",
                "line 6: the quotes around the value of NIX_BIN do not match",
                "line 7: SOPS_AGE_KEY_FILE names the file of the key; the key itself does not belong here",
                "line 8: the value of GITHUB_TOKEN has a control character",
                "line 9: unknown key …, expected one of HCLOUD_TOKEN, GITHUB_TOKEN, NIX_BIN, SOPS_AGE_KEY_FILE, AWS_PROFILE, CONTROL_API_TOKEN",
                "line 10: unknown key DEBUG, expected one of HCLOUD_TOKEN, GITHUB_TOKEN, NIX_BIN, SOPS_AGE_KEY_FILE, AWS_PROFILE, CONTROL_API_TOKEN",
            ]
        );
    }

    proptest! {
        #[test]
        fn a_value_that_is_written_is_read(token in "[!-~&&[^\"']]([ -~&&[^\"']]{0,40}[!-~&&[^\"']])?", profile in "[a-z0-9-]{1,20}") {
            let text = format!("# mine\nHCLOUD_TOKEN={token}\n\nAWS_PROFILE={profile}\n");
            prop_assert_eq!(read(&text), Ok(vec![(Key::HcloudToken, token), (Key::AwsProfile, profile)]));
        }

        #[test]
        fn no_text_panics_and_no_fault_repeats_a_value(
            text in any::<String>(),
            name in "(HCLOUD_TOKEN|GITHUB_TOKEN|NIX_BIN|OTHER| )",
            value in "[ -~]{0,10}",
        ) {
            let _ = parse(&text);
            let marked = format!("{name}=sEcReT{value}\n{text}");
            for fault in parse(&marked).err().unwrap_or_default() {
                let (said, shown) = (fault.to_string(), format!("{fault:?}"));
                prop_assert!(!said.contains("sEcReT") && !shown.contains("sEcReT"));
            }
        }
    }
}
