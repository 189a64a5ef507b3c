//! One file.

use crate::{
    assignment,
    finding::{Finding, Rule},
    path, sops, token,
};

/// A line with these words is the author's to answer for: what it holds only looks like a secret.
pub const MARKER: &str = "clawlets: not a secret";
/// The largest file that is looked at, in bytes.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// How far into a file a zero byte is looked for; one means that it is no text.
const HEAD: usize = 8 * 1024;

/// Looks at a file by its path in the repository, with slashes, and its content.
#[must_use]
pub fn scan(path: &str, content: &[u8]) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(reason) = path::forbidden(path) {
        found.push(Finding::new(path, 0, Rule::ForbiddenPath, reason));
    }
    if content.len() > MAX_BYTES {
        found.push(Finding::new(path, 0, Rule::TooLarge, format!("{} MiB", content.len() / (1024 * 1024))));
        return found;
    }
    found.extend(encryption(path, content));
    found.extend(plaintext(path, content));
    found.sort();
    found.dedup();
    found
}

/// Looks at the message of a commit, which is public like any file.
#[must_use]
pub fn scan_message(commit: &str, message: &[u8]) -> Vec<Finding> {
    message_of("(commit message)", commit, message)
}

/// Looks at an annotated tag, whose message is public like any file.
#[must_use]
pub fn scan_tag(tag: &str, content: &[u8]) -> Vec<Finding> {
    message_of("(tag message)", tag, content)
}

fn message_of(place: &str, object: &str, content: &[u8]) -> Vec<Finding> {
    let mut found = plaintext(place, content);
    for finding in &mut found {
        object.clone_into(&mut finding.commit);
    }
    found
}

fn encryption(path: &str, content: &[u8]) -> Vec<Finding> {
    let must_be = path::is_encrypted_by_rule(path);
    let is_yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    let Ok(text) = str::from_utf8(content) else {
        let odd = must_be.then(|| Finding::new(path, 0, Rule::NotEncrypted, "it is not text"));
        return odd.into_iter().collect();
    };
    let must_be = must_be || is_yaml && sops::says_so(text);
    if !must_be {
        return Vec::new();
    }
    match sops::check(text) {
        None => Vec::new(),
        Some(sops::Fault::NotSops(reason)) => vec![Finding::new(path, 0, Rule::NotEncrypted, reason)],
        Some(sops::Fault::Plain(values)) => {
            let finding =
                |value| Finding::new(path, 0, Rule::NotEncrypted, format!("the value of '{value}'"));
            values.into_iter().map(finding).collect()
        }
    }
}

fn plaintext(path: &str, content: &[u8]) -> Vec<Finding> {
    let is_text = !content[..content.len().min(HEAD)].contains(&0);
    let keys = token::find(content);
    let values = if is_text { assignment::find(content) } else { Vec::new() };
    let values = values.into_iter().filter(|at| keys.iter().all(|(key, _, _)| key != at)).collect::<Vec<_>>();
    let keys =
        keys.into_iter().map(|(at, rule, issuer)| (at, rule, format!("of the form that {issuer} uses")));
    let sounds = "a random value of a name that sounds secret";
    let values = values.into_iter().map(|at| (at, Rule::Assignment, sounds.to_owned()));
    let places = keys.chain(values).filter(|(at, _, _)| !is_marked(content, *at));
    places.map(|(at, rule, detail)| Finding::new(path, line_of(content, at), rule, detail)).collect()
}

fn line_of(content: &[u8], at: usize) -> usize {
    1 + content[..at].iter().filter(|byte| **byte == b'\n').count()
}

fn is_marked(content: &[u8], at: usize) -> bool {
    let begin = content[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = content[begin..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.windows(MARKER.len()).any(|part| part == MARKER.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token() -> String {
        format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fJ6kL3")
    }

    #[test]
    fn a_finding_names_the_line_and_never_the_secret() {
        let text = format!("# notes\n\nuse {} for that\n", token());
        let found = scan("docs/notes.md", text.as_bytes());
        assert_eq!((found.len(), found[0].line, found[0].rule), (1, 3, Rule::Token));
        assert!(!format!("{found:?}").contains("aB3dE6"), "{found:?}");
    }

    #[test]
    fn a_marked_line_is_the_authors_to_answer_for() {
        let text = format!("a {} # {MARKER}\nb {}\n", token(), token());
        let found = scan("x.md", text.as_bytes());
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_secret_in_a_folder_of_secrets_must_be_a_sops_file() {
        for (path, content) in [
            ("secrets/hosts/web-1/token.yaml", &b"token: plain\n"[..]),
            ("secrets/keys/hosts/web-1.agekey.yaml", b"\xff\xfe"),
            (
                "elsewhere.yaml",
                b"a: plain\nsops:\n    mac: ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]\n",
            ),
        ] {
            let found = scan(path, content);
            assert!(found.iter().any(|finding| finding.rule == Rule::NotEncrypted), "{path}: {found:?}");
        }
        assert_eq!(scan("fleet/x.yaml", b"a: plain\n"), []);
    }

    #[test]
    fn a_message_of_a_commit_is_looked_at() {
        let found = scan_message("abc", format!("use {}\n", token()).as_bytes());
        assert_eq!((found[0].commit.as_str(), found[0].rule), ("abc", Rule::Token));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(path in "[a-z./]{0,30}", content in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = scan(&path, &content);
        }
    }
}
