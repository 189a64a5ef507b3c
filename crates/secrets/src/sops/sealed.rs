//! A file as it lies on the disk, and the way in and out of it.

use std::io::{Read, Write};

use age::{
    Decryptor, Encryptor,
    armor::{ArmoredReader, ArmoredWriter, Format},
};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::{AgeIdentity, AgeRecipient};

use super::{
    cipher::{DataKey, Encrypted},
    error::SopsError,
    metadata::{Metadata, Stanza},
    policy::Policy,
    tree::{Item, Tree},
    walk::{Walk, check_sealed},
};

/// An encrypted file, read but not decrypted.
#[derive(Debug, Clone)]
pub struct Sealed {
    tree: Tree,
    metadata: Metadata,
}

/// What a file holds, and the settings that a rewrite keeps.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What the file holds.
    pub tree: Tree,
    policy: Policy,
    lost: Vec<String>,
}

impl Sealed {
    /// Reads the text of an encrypted file. Nothing is decrypted yet.
    ///
    /// # Errors
    /// [`SopsError`] when it is no YAML, not encrypted, or uses what this program does not read.
    pub fn parse(text: &str) -> Result<Self, SopsError> {
        let mut tree = Tree::from_yaml(text)?;
        let metadata = Metadata::take(&mut tree.root)?;
        Ok(Self { tree, metadata })
    }

    /// The file's key, once per recipient.
    #[must_use]
    pub fn stanzas(&self) -> &[Stanza] {
        &self.metadata.stanzas
    }

    /// The outermost keys of the file, in order. Keys are not encrypted.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        self.tree.root.entries().map(|entry| entry.key.as_str()).collect()
    }

    /// Checks, without any key, that every value that should be encrypted looks like it is.
    ///
    /// # Errors
    /// [`SopsError::Plain`] with the path of the first that is not.
    pub fn check_sealed(&self) -> Result<(), SopsError> {
        check_sealed(&self.tree.root, &self.metadata.policy)
    }

    /// Decrypts the file and checks that nothing in it was changed.
    ///
    /// # Errors
    /// [`SopsError::NoKey`] when none of the identities opens it; [`SopsError`] for what was tampered with.
    pub fn open(&self, identities: &[AgeIdentity]) -> Result<Opened, SopsError> {
        let key = self.data_key(identities)?;
        let (root, computed) = Walk::new(&key, &self.metadata.policy).decrypt(&self.tree.root)?;
        let stored = Encrypted::parse(&self.metadata.mac)
            .and_then(|mac| mac.decrypt(&key, &self.metadata.last_modified))
            .map_err(|_| SopsError::Tampered)?;
        // The checksum itself is no secret to somebody who has the key.
        if *stored.expose() != computed {
            return Err(SopsError::Tampered);
        }
        Ok(Opened {
            tree: Tree { root },
            policy: self.metadata.policy.clone(),
            lost: self.metadata.lost.clone(),
        })
    }

    fn data_key(&self, identities: &[AgeIdentity]) -> Result<DataKey, SopsError> {
        let stanzas = &self.metadata.stanzas;
        // The stanza that names an identity's recipient first, since trying one costs a key agreement.
        let named = stanzas.iter().flat_map(|stanza| {
            let fits = |identity: &&AgeIdentity| identity.recipient().as_str() == stanza.recipient;
            identities.iter().filter(fits).map(move |identity| (stanza, identity))
        });
        let any = stanzas.iter().flat_map(|stanza| identities.iter().map(move |identity| (stanza, identity)));
        for (stanza, identity) in named.chain(any) {
            if let Some(key) = unwrap(stanza, identity) {
                return Ok(key);
            }
        }
        Err(SopsError::NoKey {
            keys: identities.len(),
            recipients: stanzas.iter().map(|stanza| stanza.recipient.clone()).collect(),
        })
    }
}

/// The file's key out of a stanza; none when the identity does not open it.
fn unwrap(stanza: &Stanza, identity: &AgeIdentity) -> Option<DataKey> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(stanza.enc.as_bytes())).ok()?;
    let mut reader = decryptor.decrypt(std::iter::once(identity.as_age() as &dyn age::Identity)).ok()?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(64));
    reader.by_ref().take(64).read_to_end(&mut bytes).ok()?;
    DataKey::from_bytes(&bytes)
}

fn wrap(key: &DataKey, recipient: &AgeRecipient) -> Result<Stanza, SopsError> {
    let to = recipient.to_age();
    let sealed = || -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let encryptor = Encryptor::with_recipients(std::iter::once(&to as &dyn age::Recipient))?;
        let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armor)?;
        writer.write_all(key.bytes())?;
        Ok(writer.finish()?.finish()?)
    };
    let enc = sealed().map_err(SopsError::Age)?;
    let enc = String::from_utf8(enc).expect("an armoured file is text");
    Ok(Stanza { recipient: recipient.to_string(), enc })
}

impl Opened {
    /// The file anew, for other recipients or with other values, under a new key and with its own settings.
    ///
    /// # Errors
    /// [`SopsError::WouldLose`] when the file has something that this program does not write; [`SopsError`] as
    /// [`seal`].
    pub fn seal(&self, recipients: &[AgeRecipient], now: Timestamp) -> Result<String, SopsError> {
        if !self.lost.is_empty() {
            return Err(SopsError::WouldLose(self.lost.join(" and ")));
        }
        seal_with(&self.tree, &self.policy, recipients, now)
    }
}

/// Encrypts a tree to recipients, under a new key. `now` becomes the time of the last change.
///
/// # Errors
/// [`SopsError`] when there is no recipient, when the tree has a `sops` key, or when a number would be changed.
pub fn seal(tree: &Tree, recipients: &[AgeRecipient], now: Timestamp) -> Result<String, SopsError> {
    seal_with(tree, &Policy::default(), recipients, now)
}

fn seal_with(
    tree: &Tree,
    policy: &Policy,
    recipients: &[AgeRecipient],
    now: Timestamp,
) -> Result<String, SopsError> {
    if tree.root.get("sops").is_some() {
        return Err(SopsError::AlreadyEncrypted);
    }
    if recipients.is_empty() {
        return Err(SopsError::NoRecipient);
    }
    let key = DataKey::random()?;
    let mut stanzas: Vec<Stanza> = Vec::new();
    for recipient in recipients {
        if stanzas.iter().all(|stanza| stanza.recipient != recipient.as_str()) {
            stanzas.push(wrap(&key, recipient)?);
        }
    }
    let (mut root, mac) = Walk::new(&key, policy).encrypt(&tree.root)?;
    let last_modified = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mac = key.encrypt(&mac, &last_modified, "str")?;
    let metadata = Metadata { stanzas, last_modified, mac, policy: policy.clone(), lost: Vec::new() };
    root.items.push(Item::Entry(metadata.write()));
    Ok(std::mem::take(&mut *Tree { root }.to_yaml()))
}
