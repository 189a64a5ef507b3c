//! Files that the reference program wrote.

use std::fs;

use clawlets_secrets::sops::{Sealed, SopsError, Tree, seal};

use crate::support::{now, testdata, vector_key};

fn encrypted(name: &str) -> String {
    fs::read_to_string(testdata().join(format!("sops/enc/{name}.yaml"))).unwrap()
}

fn plain(name: &str) -> Tree {
    let text = fs::read_to_string(testdata().join(format!("sops/plain/{name}.yaml"))).unwrap();
    Tree::from_yaml(&text).unwrap()
}

const NAMES: [&str; 8] = [
    "discord_token_maren",
    "empty_string",
    "multiline",
    "nested",
    "numeric_like",
    "two_recipients",
    "unencrypted",
    "with_comment",
];

#[test]
fn every_vector_is_in_the_list() {
    let mut found: Vec<_> = fs::read_dir(testdata().join("sops/enc"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("tampered"))
        .collect();
    found.sort();
    assert_eq!(found, NAMES);
}

#[test]
fn files_of_the_reference_program_are_read() {
    for name in NAMES {
        let opened = Sealed::parse(&encrypted(name)).unwrap().open(&[vector_key(1)]).unwrap();
        assert_eq!(opened.tree, plain(name), "{name}");
    }
    let by_the_second = Sealed::parse(&encrypted("two_recipients")).unwrap().open(&[vector_key(2)]).unwrap();
    assert_eq!(by_the_second.tree, plain("two_recipients"));
}

#[test]
fn a_rewrite_keeps_everything_and_the_old_key_is_gone() {
    for name in NAMES {
        let opened = Sealed::parse(&encrypted(name)).unwrap().open(&[vector_key(1)]).unwrap();
        let text = opened.seal(&[vector_key(2).recipient().clone()], now()).unwrap();
        let again = Sealed::parse(&text).unwrap();
        assert_eq!(again.open(&[vector_key(2)]).unwrap().tree, plain(name), "{name}");
        assert!(matches!(again.open(&[vector_key(1)]), Err(SopsError::NoKey { keys: 1, .. })), "{name}");
    }
}

#[test]
fn what_is_written_looks_like_what_the_reference_program_writes() {
    for name in NAMES {
        let original = encrypted(name);
        let opened = Sealed::parse(&original).unwrap().open(&[vector_key(1)]).unwrap();
        let recipients = match name {
            "two_recipients" => vec![vector_key(1).recipient().clone(), vector_key(2).recipient().clone()],
            _ => vec![vector_key(1).recipient().clone()],
        };
        let text = opened.seal(&recipients, "2026-11-20T12:43:05Z".parse().unwrap()).unwrap();
        assert_eq!(shape(&text), shape(&original), "{name}");
    }
}

/// A file without what is random in it.
fn shape(text: &str) -> String {
    let random = regex::Regex::new(r"(data|iv|tag):[A-Za-z0-9+/=]+").unwrap();
    let armour = regex::Regex::new(r"(?m)^ +[A-Za-z0-9+/=]{40,}$").unwrap();
    let armour_end = regex::Regex::new(r"(?m)^ +[A-Za-z0-9+/=]{4,39}$\n( +-----END)").unwrap();
    // The age library here adds a stanza of random length, as a reminder that readers must skip what they do not know.
    let lines = regex::Regex::new(r"(…\n)+").unwrap();
    let text = random.replace_all(text, "$1:…");
    let text = armour_end.replace_all(&text, "$1");
    let text = armour.replace_all(&text, "…");
    lines.replace_all(&text, "…\n").into_owned()
}

#[test]
fn a_file_that_was_changed_by_hand_is_refused() {
    let tampered = Sealed::parse(&encrypted("tampered_dropped")).unwrap().open(&[vector_key(1)]);
    assert!(matches!(tampered, Err(SopsError::Tampered)), "{tampered:?}");

    let nested = encrypted("nested");
    let lines: Vec<&str> = nested.lines().collect();
    let (inner, other, top) = (lines[2], lines[3], lines[4]);
    let value = |line: &str| line.split_once(": ").unwrap().1.to_owned();
    let swapped = nested
        .replace(&value(inner), "HOLD")
        .replace(&value(other), &value(inner))
        .replace("HOLD", &value(other));
    let without = nested.replace(&format!("{other}\n"), "");
    let moved = without.replace(top, &format!("{top}\n{}", other.trim_start_matches("    ").to_owned()));
    let readable = nested.replace(&value(top), "third");
    let renamed = nested.replace("    top:", "    tip:");
    let flipped = nested.replacen("data:QJY7", "data:QJY8", 1);
    let short = nested.replacen(",iv:WngB", ",iv:", 1);
    let stamped = nested.replace("2026-11-20T12:43:05Z", "2026-11-20T12:43:06Z");
    for (what, text) in [
        ("swapped", swapped),
        ("without", without),
        ("moved", moved),
        ("readable", readable),
        ("renamed", renamed),
        ("flipped", flipped),
        ("short", short),
        ("stamped", stamped),
    ] {
        assert_ne!(text, nested, "{what}");
        let opened = Sealed::parse(&text).and_then(|file| file.open(&[vector_key(1)]));
        let refused = matches!(
            opened,
            Err(SopsError::Tampered | SopsError::Value { .. } | SopsError::Plain { .. } | SopsError::Yaml(_))
        );
        assert!(refused, "{what}: {opened:?}");
    }
}

#[test]
fn what_a_rewrite_would_lose_is_refused_by_name() {
    let foreign = "sops:\n    pgp:\n        - fp: A0B1\n          enc: x\n";
    let text = encrypted("nested").replace("sops:\n", foreign);
    let opened = Sealed::parse(&text).unwrap().open(&[vector_key(1)]).unwrap();
    let refused = opened.seal(&[vector_key(1).recipient().clone()], now()).unwrap_err();
    assert!(refused.to_string().contains("keys of the kind pgp"), "{refused}");
}

#[test]
fn what_is_not_read_is_refused_with_a_sentence() {
    for (setting, sentence) in [
        ("key_groups:\n        - age: []", "split among groups"),
        ("shamir_threshold: 2", "split among groups"),
        ("encrypted_comment_regex: secret", "comments that choose"),
        ("encrypted_suffix: _secret", "two rules"),
        ("mac: [1]", "stands twice"),
    ] {
        let text = encrypted("nested").replace("sops:\n", &format!("sops:\n    {setting}\n"));
        let refused = Sealed::parse(&text).map(|_| ()).unwrap_err();
        let chain = format!(
            "{refused}: {}",
            std::error::Error::source(&refused).map_or_else(String::new, |e| e.to_string())
        );
        assert!(chain.contains(sentence), "{setting}: {chain}");
    }
}

#[test]
fn a_file_that_is_not_encrypted_is_no_sealed_file_and_an_encrypted_one_is_not_sealed_again() {
    assert!(matches!(Sealed::parse("a: b\n"), Err(SopsError::NotEncrypted)));
    let tree = Tree::from_yaml(&encrypted("nested")).unwrap();
    let recipients = [vector_key(1).recipient().clone()];
    assert!(matches!(seal(&tree, &recipients, now()), Err(SopsError::AlreadyEncrypted)));
    assert!(matches!(seal(&plain("nested"), &[], now()), Err(SopsError::NoRecipient)));
}

#[test]
fn nothing_that_is_said_of_a_file_holds_a_value() {
    let opened = Sealed::parse(&encrypted("discord_token_maren")).unwrap().open(&[vector_key(1)]).unwrap();
    let said = format!("{opened:?} {:?}", vector_key(1));
    assert!(!said.contains("not-a-real-token") && !said.contains("AGE-SECRET-KEY"), "{said}");
}
