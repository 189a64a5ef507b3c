//! What git tells a pre-push hook.

use super::error::GitError;

/// One ref that a push would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedRef {
    /// The local object that it would point to; none when the ref is deleted.
    pub new: Option<String>,
    /// The object that it points to at the remote; none when the ref is new there.
    pub old: Option<String>,
}

impl PushedRef {
    /// Reads the lines `local ref, local id, remote ref, remote id` that git writes to the hook's standard input.
    ///
    /// # Errors
    /// [`GitError::Refs`] on a line of another form.
    pub fn parse(text: &str) -> Result<Vec<Self>, GitError> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines
            .map(|(index, line)| {
                let words: Vec<&str> = line.split(' ').collect();
                match words.as_slice() {
                    [_, new, _, old] if is_an_id(new) && is_an_id(old) => {
                        Ok(Self { new: unless_zero(new), old: unless_zero(old) })
                    }
                    _ => Err(GitError::Refs { line: index + 1 }),
                }
            })
            .collect()
    }
}

fn is_an_id(word: &str) -> bool {
    matches!(word.len(), 40 | 64) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn unless_zero(id: &str) -> Option<String> {
    (!id.bytes().all(|byte| byte == b'0')).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_and_deleted_refs_are_told_apart() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let text = format!("refs/heads/x {a} refs/heads/x {zero}\n(delete) {zero} refs/heads/y {b}\n");
        let refs = PushedRef::parse(&text).unwrap();
        assert_eq!(refs[0], PushedRef { new: Some(a), old: None });
        assert_eq!(refs[1], PushedRef { new: None, old: Some(b) });
        assert_eq!(PushedRef::parse("").unwrap(), []);
        for text in ["x", "a b c d", "refs/heads/x --all refs/heads/x 0"] {
            assert!(matches!(PushedRef::parse(text), Err(GitError::Refs { line: 1 })), "{text}");
        }
    }
}
