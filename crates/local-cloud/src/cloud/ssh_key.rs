//! Public SSH keys of the project.

use base64::{Engine, prelude::BASE64_STANDARD};
use clawlets_model::label::Labels;
use jiff::Timestamp;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::document::Document;

/// A public key that new servers can be given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SshKey {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) public_key: String,
    pub(crate) fingerprint: String,
    pub(crate) labels: Labels,
    pub(crate) created: Timestamp,
}

/// The fingerprint of a public key: the MD5 of its blob in pairs of hex digits. `None` if the text is not a key whose
/// blob begins with its own type.
pub(crate) fn fingerprint(public_key: &str) -> Option<String> {
    let mut words = public_key.split_ascii_whitespace();
    let kind = words.next()?;
    let blob = BASE64_STANDARD.decode(words.next()?).ok()?;
    let (length, rest) = blob.split_first_chunk::<4>()?;
    let named = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let known = kind.starts_with("ssh-") || kind.starts_with("ecdsa-sha2-") || kind.starts_with("sk-");
    if !known || named != kind.as_bytes() || public_key.contains('\n') {
        return None;
    }
    Some(Md5::digest(&blob).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"))
}

impl Document for SshKey {
    const KIND: &'static str = "ssh_key";

    fn id(&self) -> u64 {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f maren@laptop";

    #[test]
    fn the_fingerprint_is_the_one_that_ssh_keygen_prints() {
        assert_eq!(fingerprint(KEY).as_deref(), Some("0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba"));
    }

    #[test]
    fn text_that_is_no_key_has_no_fingerprint() {
        for text in [
            "",
            "ssh-ed25519",
            "ssh-ed25519 !!!",
            &KEY.replace("ssh-ed25519", "ssh-rsa"),
            &KEY.replace(' ', "\n"),
        ] {
            assert_eq!(fingerprint(text), None, "{text:?}");
        }
    }
}
