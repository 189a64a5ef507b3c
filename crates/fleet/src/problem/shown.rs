//! A value as it may be shown: short, on one line, and never a secret.

use crate::json::{JsonPath, Node, Value};

/// The most characters of a value that are shown.
const LONGEST: usize = 60;

/// What stands where a secret was.
pub(crate) const REDACTED: &str = "<redacted>";

/// What secrets of well-known services begin with.
const PREFIXES: [&str; 21] = [
    "sk-",
    "sk_",
    "pk_live",
    "rk_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "xox",
    "xapp-",
    "AKIA",
    "ASIA",
    "AIza",
    "tskey-",
    "hf_",
    "npm_",
    "AGE-SECRET-KEY-",
    "eyJ",
    "Bearer ",
];

/// Whether a text looks like the value of a secret and not like its name.
pub(crate) fn looks_like_a_secret(text: &str) -> bool {
    let bare = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let begins = PREFIXES.iter().any(|prefix| bare.starts_with(prefix));
    bare.len() >= 16 && begins || text.contains("-----BEGIN") || is_random(bare.trim_end())
}

/// A long word of mixed letters and digits, as generators make them.
fn is_random(text: &str) -> bool {
    let is_word = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+' | b'/' | b'='));
    let has = |kind: fn(&u8) -> bool| text.bytes().filter(kind).count() >= 4;
    text.len() >= 32
        && is_word
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
}

/// Whether the value of a key by this name is a secret, unless it refers to one.
pub(crate) fn names_a_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "token",
        "password",
        "passwd",
        "apikey",
        "api_key",
        "privatekey",
        "private_key",
        "accesskey",
        "access_key",
        "encryptkey",
        "passphrase",
        "appsecret",
        "botsecret",
        "channelsecret",
        "clientsecret",
        "signingsecret",
        "webhooksecret",
    ]
    .iter()
    .any(|word| key.ends_with(word))
}

/// A value for a message.
pub(crate) fn shown(node: &Node, path: &JsonPath) -> String {
    match &node.value {
        Value::Text(text) if path.segments().any(names_a_secret) || looks_like_a_secret(text) => {
            REDACTED.to_owned()
        }
        Value::Text(text) => quoted(text),
        Value::Number(digits) => cut(digits),
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::List(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Object(entries) if entries.is_empty() => "an empty object".to_owned(),
        Value::List(_) | Value::Object(_) => node.kind().to_owned(),
    }
}

/// A text in quotes, with its control characters escaped.
pub(crate) fn quoted(text: &str) -> String {
    if looks_like_a_secret(text) {
        return REDACTED.to_owned();
    }
    format!("{:?}", cut(text))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_no_secrets() {
        for name in [
            "z_ai_api_key",
            "discord_token_maren",
            "garnix_netrc",
            "anthropic-oauth-token-for-the-whole-fleet",
            "",
        ] {
            assert!(!looks_like_a_secret(name), "{name}");
        }
        let generated: String =
            ('a'..='p').zip('A'..='P').flat_map(|(a, b)| [a, b]).chain('0'..='9').collect();
        for value in [format!("sk-{generated}"), format!("ghp_{generated}"), generated] {
            assert!(looks_like_a_secret(&value), "{value}");
            assert_eq!(quoted(&value), REDACTED);
        }
    }

    #[test]
    fn a_value_is_shown_short_and_on_one_line() {
        assert_eq!(quoted("a\nb\u{1b}"), "\"a\\nb\\u{1b}\"");
        assert_eq!(quoted(&"ü ".repeat(100)).chars().count(), LONGEST + 3);
    }
}
