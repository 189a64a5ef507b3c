//! What `secrets.tgz` holds.

use std::collections::BTreeSet;

use clawlets_model::SecretName;
use clawlets_release::bundle::{Bundle, BundleFault};
use clawlets_secrets::sops::{Sealed, SopsError};
use thiserror::Error;

/// How private keys begin, those of age and those in PEM. A key beside what it opens is no lock.
const PRIVATE_KEYS: [&str; 2] = ["AGE-SECRET-KEY-", "PRIVATE KEY-----"];

/// Who can open a bundle's secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readers {
    /// The secrets, sorted.
    pub secrets: Vec<SecretName>,
    /// The age recipients of any of them.
    pub recipients: BTreeSet<String>,
}

/// Why secrets do not travel.
#[derive(Debug, Error)]
pub enum ContentFault {
    /// It is no archive of secrets.
    #[error("the archive of secrets cannot be unpacked")]
    Archive(#[from] BundleFault),
    /// A file is no text.
    #[error("{secret}.yaml is no text")]
    NotText {
        /// Which.
        secret: SecretName,
    },
    /// A file is not encrypted.
    #[error("{secret}.yaml is not encrypted, or not whole")]
    NotSealed {
        /// Which.
        secret: SecretName,
        /// What is wrong with it.
        #[source]
        source: SopsError,
    },
    /// A file holds a private key in the clear.
    #[error("{secret}.yaml holds a private key that can be read")]
    PrivateKey {
        /// Which.
        secret: SecretName,
    },
    /// Another host could open a file.
    #[error("the secrets are also encrypted to {recipient}, which is the key of another host")]
    OtherHost {
        /// That host's key.
        recipient: String,
    },
}

impl Readers {
    /// Makes sure that none of these, the keys of other hosts, is among the readers.
    ///
    /// # Errors
    /// [`ContentFault::OtherHost`] names the first that is.
    pub fn must_exclude<'a>(&self, others: impl IntoIterator<Item = &'a str>) -> Result<(), ContentFault> {
        match others.into_iter().find(|other| self.recipients.contains(*other)) {
            Some(recipient) => Err(ContentFault::OtherHost { recipient: recipient.to_owned() }),
            None => Ok(()),
        }
    }
}

/// Reads an archive of secrets: flat, regular files, each encrypted as a whole, and no private key in the clear.
///
/// # Errors
/// [`ContentFault`] names what must not travel.
pub fn secrets_in(archive: &[u8]) -> Result<Readers, ContentFault> {
    let mut readers = Readers::default();
    for file in Bundle::parse(archive)?.files() {
        let secret = || file.secret.clone();
        let text = std::str::from_utf8(file.bytes).map_err(|_| ContentFault::NotText { secret: secret() })?;
        if PRIVATE_KEYS.iter().any(|mark| text.contains(mark)) {
            return Err(ContentFault::PrivateKey { secret: secret() });
        }
        let not_sealed = |source| ContentFault::NotSealed { secret: secret(), source };
        let sealed = Sealed::parse(text).map_err(not_sealed)?;
        sealed.check_sealed().map_err(not_sealed)?;
        readers.recipients.extend(sealed.stanzas().iter().map(|stanza| stanza.recipient.clone()));
        readers.secrets.push(secret());
    }
    Ok(readers)
}
