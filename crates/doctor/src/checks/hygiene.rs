//! What is tracked.

use clawlets_hygiene::{Finding as Found, GitError, Repository, Rule};

use crate::{
    fix::Fix,
    subject::Subject,
    verdict::{Finding, Verdict},
};

pub(crate) fn tracked_is_clean(subject: &Subject<'_>) -> Vec<Finding> {
    let scanned = Repository::around(&subject.root).and_then(|repository| repository.scan_tracked());
    let found = match scanned {
        Ok(found) => found,
        Err(GitError::Failed { said, .. }) if said.contains("not a git repository") => {
            return Verdict::unknown("the project is no git repository").of_project();
        }
        Err(error) => return Verdict::unknown(error.to_string()).of_project(),
    };
    if found.is_empty() {
        return Verdict::Pass.of_project();
    }
    found.iter().map(tell).collect()
}

fn tell(found: &Found) -> Finding {
    let place = if found.line == 0 { String::new() } else { format!("line {}: ", found.line) };
    let cause = format!("{place}{}: {}", found.rule.meaning(), found.detail);
    let fix = match found.rule {
        // The value belongs into an encrypted file; where it stood, a reference to it.
        Rule::Token | Rule::Assignment | Rule::NotEncrypted => Fix::run("clawlets secrets set NAME"),
        Rule::ForbiddenPath | Rule::PrivateKey | Rule::TooLarge => {
            Fix::run(format!("git rm --cached {}", quoted(&found.path)))
        }
    };
    Verdict::problem(cause, fix).about(found.path.clone())
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
    if word.bytes().all(is_plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
