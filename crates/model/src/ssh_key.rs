//! SSH public keys as they stand in `authorized_keys`.

use base64::{Engine, engine::general_purpose::STANDARD};

const KINDS: [&str; 8] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ssh-dss",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// An SSH public key: its kind and its base64 body, without options and comment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SshPublicKey(String);

impl SshPublicKey {
    /// Finds the key in one line of an `authorized_keys` file. Options before it and the comment behind it are
    /// dropped. `None` for an empty line, a comment, a path, or a body that does not begin with its own kind.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.contains(['\n', '\r', '\0']) {
            return None;
        }
        let rest = skip_options(line)?;
        let mut words = rest.split_ascii_whitespace();
        let (kind, body) = (words.next()?, words.next()?);
        let bytes = STANDARD.decode(body).ok()?;
        let named = bytes.get(4..4 + kind.len())?;
        let length = u32::try_from(kind.len()).ok()?.to_be_bytes();
        (bytes.starts_with(&length) && named == kind.as_bytes() && bytes.len() > 4 + kind.len())
            .then(|| Self(format!("{kind} {body}")))
    }

    /// The key as `kind base64`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The line from the key kind on. Options hold no white space outside of double quotes.
fn skip_options(line: &str) -> Option<&str> {
    if begins_with_kind(line) {
        return Some(line);
    }
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' | '\t' if !quoted => {
                let rest = line[at..].trim_start();
                return begins_with_kind(rest).then_some(rest);
            }
            _ => {}
        }
    }
    None
}

fn begins_with_kind(text: &str) -> bool {
    text.split_ascii_whitespace().next().is_some_and(|word| KINDS.contains(&word))
}
