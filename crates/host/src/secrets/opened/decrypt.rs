//! From the files of a bundle to their values.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::Path,
};

use clawlets_model::{Secret, SecretName};
use clawlets_release::document::Document;
use clawlets_secrets::{AgeIdentity, sops::Sealed};
use zeroize::Zeroizing;

use super::ActivateError;

/// The host's own keys: the file belongs to it alone.
pub(super) fn host_keys(path: &Path) -> Result<Vec<AgeIdentity>, ActivateError> {
    let unreadable = |source| ActivateError::KeyUnreadable { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.mode() & 0o077 != 0 {
        return Err(ActivateError::KeyExposed { path: path.to_owned() });
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(unreadable)?;
    AgeIdentity::parse_file(&text).map_err(|source| ActivateError::NoKey { path: path.to_owned(), source })
}

/// The values of all secrets in a folder of encrypted files, sorted by name.
pub(super) fn values(
    folder: &Path,
    keys: &[AgeIdentity],
) -> Result<Vec<(SecretName, Secret<String>)>, ActivateError> {
    let unreadable = |source| ActivateError::Read { path: folder.to_owned(), source };
    let mut values = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".yaml"));
        let Some(secret) = name.and_then(|name| SecretName::parse(name).ok()) else {
            return Err(ActivateError::Read { path, source: io::ErrorKind::InvalidFilename.into() });
        };
        let value = value(&path, &secret, keys)?;
        values.push((secret, value));
    }
    values.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
    Ok(values)
}

/// The value that a file holds under its own name.
fn value(path: &Path, secret: &SecretName, keys: &[AgeIdentity]) -> Result<Secret<String>, ActivateError> {
    let closed = |source| ActivateError::Closed { secret: secret.clone(), source };
    let mut text = String::new();
    let limit = Document::Bundle.limit() as u64;
    File::open(path)
        .and_then(|file| file.take(limit).read_to_string(&mut text))
        .map_err(|source| ActivateError::Read { path: path.to_owned(), source })?;
    let opened = Sealed::parse(&text).and_then(|sealed| sealed.open(keys)).map_err(closed)?;
    let scalar = opened.tree.scalar(&[secret.as_str()]);
    scalar.map(|scalar| scalar.text.clone()).ok_or_else(|| ActivateError::NoValue { secret: secret.clone() })
}
