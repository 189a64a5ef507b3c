//! Values that look random, given to names that sound secret.

use std::{collections::HashMap, sync::LazyLock};

use regex::bytes::Regex;

use crate::token::is_an_example;

/// The least bits per letter that a value needs in order to look random. Hex digits have 4 at most, words about 3.
const LEAST_BITS: f64 = 3.3;
/// The least letters. Shorter values are too often ordinary words.
const LEAST_LETTERS: usize = 20;

/// A name that sounds secret, then `=` or `:`, then a value without spaces.
static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|auth[_-]?key|access[_-]?key|private[_-]?key|credential)s?";
    let pattern =
        format!(r#"(?i){name}["']?[ \t]*(?::=|=>|=|:)[ \t]*["']?([A-Za-z0-9+/_.~-]{{{LEAST_LETTERS},}}=*)"#);
    Regex::new(&pattern).expect("the pattern is valid")
});

/// Where each value begins that looks like a secret.
pub(crate) fn find(bytes: &[u8]) -> Vec<usize> {
    let values = ASSIGNMENT.captures_iter(bytes).filter_map(|found| found.get(1));
    values.filter(|value| looks_random(value.as_bytes())).map(|value| value.start()).collect()
}

fn looks_random(value: &[u8]) -> bool {
    let is_a_path =
        value.starts_with(b"/") || value.starts_with(b".") || value.windows(2).any(|part| part == b"//");
    let has_digit = value.iter().any(u8::is_ascii_digit);
    let has_letter = value.iter().any(u8::is_ascii_alphabetic);
    !is_a_path
        && has_digit
        && has_letter
        && !is_words(value)
        && !is_an_example(value)
        && bits(value) >= LEAST_BITS
}

/// Whether it is made of words with numbers between them, as names of things are: `web-1-github-app-key-2026`.
fn is_words(value: &[u8]) -> bool {
    let mut parts = value.split(|byte| b"_-./".contains(byte)).filter(|part| !part.is_empty());
    parts.all(|part| {
        let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        digits == part.len() || digits == 0 && part.len() <= 14 || digits <= 2 && part.len() <= 8
    })
}

/// Shannon's entropy, in bits per byte.
fn bits(value: &[u8]) -> f64 {
    let mut counts: HashMap<u8, u32> = HashMap::new();
    for byte in value {
        *counts.entry(*byte).or_default() += 1;
    }
    let all = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts.values().map(|count| f64::from(*count) / all).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn random_values_of_secret_names_are_found_in_every_notation() {
        let value = hex::encode(Sha256::digest(b"a value made when the test runs"));
        for text in [
            format!("HCLOUD_TOKEN={value}"),
            format!("\"apiKey\": \"{value}\""),
            format!("password: '{value}'"),
            format!("auth_key := {value}"),
            format!("export DISCORD_SECRET=\"{value}\""),
        ] {
            let found = find(text.as_bytes());
            assert_eq!(found.len(), 1, "{text}");
            assert!(text[found[0]..].starts_with(&value));
        }
    }

    #[test]
    fn names_paths_references_and_examples_are_left_alone() {
        for text in [
            r#""privateKeySecret": "github_app_private_key_maren_2026""#,
            r#"token_file = "/run/clawlets/secrets/hcloud_token_of_web1""#,
            "HCLOUD_TOKEN=${HCLOUD_TOKEN}",
            "token: ENC[AES256_GCM,data:abcdefghijklmnopqrstuvwxyz0123456789,iv:x,tag:y,type:str]",
            "api_key = \"your_api_key_goes_here_1234567890\"",
            "secretName: web-1-discord-token-for-maren",
            "password: aaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
            "token bucket: 3600 tokens an hour, refilled one a second",
            "sha256 = \"0123\"",
        ] {
            assert_eq!(find(text.as_bytes()), Vec::<usize>::new(), "{text}");
        }
    }
}
