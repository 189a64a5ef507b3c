//! Files of the reference tool SOPS: every value in them is encrypted.

use serde_json::Value;

/// What is wrong with a file that must be, or says that it is, encrypted with SOPS.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is no YAML, or has no `sops` section with a MAC.
    NotSops(&'static str),
    /// The values at these paths (`a.b.0`) are in plain text.
    Plain(Vec<String>),
}

/// Whether a YAML text has a section `sops` at its top, which makes it a SOPS file.
pub(crate) fn says_so(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "sops:")
}

/// Checks every value of a file.
pub(crate) fn check(text: &str) -> Option<Fault> {
    let Ok(Value::Object(document)) = serde_saphyr::from_str::<Value>(text) else {
        return Some(Fault::NotSops("it is not a YAML map"));
    };
    let mac = document.get("sops").and_then(|sops| sops.get("mac")).and_then(Value::as_str);
    if !mac.is_some_and(is_encrypted) {
        return Some(Fault::NotSops("it has no section 'sops' with a MAC"));
    }
    let mut plain = Vec::new();
    for (key, value) in document.iter().filter(|(key, _)| *key != "sops") {
        walk(key, value, &mut plain);
    }
    if plain.is_empty() { None } else { Some(Fault::Plain(plain)) }
}

fn walk(path: &str, value: &Value, plain: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                walk(&format!("{path}.{key}"), value, plain);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                walk(&format!("{path}.{index}"), value, plain);
            }
        }
        // SOPS leaves an empty text and null as they are: there is nothing to hide.
        Value::Null => {}
        Value::String(text) if text.is_empty() || is_encrypted(text) => {}
        Value::String(_) | Value::Bool(_) | Value::Number(_) => plain.push(path.to_owned()),
    }
}

/// Whether a text is one encrypted value and nothing besides.
fn is_encrypted(text: &str) -> bool {
    let inner = text.strip_prefix("ENC[AES256_GCM,data:").and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| {
        !inner.contains(['[', ']', ' ', '\n'])
            && ["iv:", "tag:", "type:"].iter().all(|part| inner.contains(&format!(",{part}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENC: &str = "ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]";

    fn file(body: &str) -> String {
        format!("{body}sops:\n    mac: {ENC}\n    version: 3.13.2\n")
    }

    #[test]
    fn every_value_is_looked_at() {
        assert_eq!(check(&file(&format!("a: {ENC}\nb:\n    c: {ENC}\n    d:\n        - {ENC}\n"))), None);
        assert_eq!(check(&file("empty: \"\"\nnothing: null\n")), None);
        let body = format!(
            "a: {ENC}\nb:\n    c: plain\n    d:\n        - {ENC}\n        - 7\ne: \"{ENC} and more\"\n"
        );
        let plain = ["b.c", "b.d.1", "e"].map(str::to_owned).to_vec();
        assert_eq!(check(&file(&body)), Some(Fault::Plain(plain)));
        assert_eq!(check(&file("x_unencrypted: open\n")), Some(Fault::Plain(vec!["x_unencrypted".into()])));
    }

    #[test]
    fn a_file_without_a_mac_is_no_sops_file() {
        for text in ["", "a: b\n", "sops:\n    version: 3\n", "- a\n", "a: [\n", "sops: {mac: plain}\n"] {
            assert!(matches!(check(text), Some(Fault::NotSops(_))), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_no_plain_value_passes(value in "[ -~]{1,40}") {
            let _ = check(&value);
            let text = file(&format!("a: {}\n", serde_json::to_string(&value).unwrap()));
            prop_assert!(is_encrypted(&value) || check(&text).is_some(), "{value}");
        }
    }
}
