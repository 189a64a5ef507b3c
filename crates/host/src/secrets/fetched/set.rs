//! The set that was fetched, and of which versions it is.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use clawlets_model::{Secret, SecretName};
use clawlets_release::value::Sha256Digest;
use zeroize::Zeroizing;

use crate::{
    config::SecretsSettings,
    records,
    secrets::{
        ActivateError,
        opened::{Ready, put_in_use},
    },
};

/// What the key that opens bundles is called among the fetched secrets.
pub(super) const AGE_KEY: &str = "host-age-key";

/// What is in use of what was fetched and what a bundle brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct InUse {
    /// The version of each secret that was fetched.
    pub(super) versions: BTreeMap<SecretName, String>,
    /// The bundle that they are in use with.
    pub(super) bundle: Option<Sha256Digest>,
}

/// How that is written down.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    /// The set.
    set: PathBuf,
    versions: BTreeMap<String, String>,
    bundle: Option<Sha256Digest>,
}

/// The settings of the fetched set: as those of the set in use, beside it.
fn settings(of: &SecretsSettings) -> SecretsSettings {
    SecretsSettings { link: beside(of, "-fetched"), ..of.clone() }
}

fn beside(of: &SecretsSettings, ending: &str) -> PathBuf {
    let name = of.link.file_name().unwrap_or_default().to_string_lossy();
    of.link.parent().unwrap_or(Path::new("/")).join(format!("{name}{ending}"))
}

/// The file of the key that opens bundles, where it was fetched. It is no secret of a bot, and comes in use nowhere else.
pub(in crate::secrets) fn fetched_key(of: &SecretsSettings) -> PathBuf {
    settings(of).link.join(AGE_KEY)
}

/// The secrets that were fetched last; none where none ever were. The key is not among them.
pub(in crate::secrets) fn held(
    of: &SecretsSettings,
) -> Result<Vec<(SecretName, Secret<String>)>, ActivateError> {
    let folder = settings(of).link;
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(ActivateError::Read { path: folder, source }),
    };
    let mut held = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| ActivateError::Read { path: folder.clone(), source })?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let secret = name.filter(|name| *name != AGE_KEY).and_then(|name| SecretName::parse(name).ok());
        let Some(secret) = secret else { continue };
        let text = fs::read_to_string(&path).map(Zeroizing::new);
        let text = text.map_err(|source| ActivateError::Read { path: path.clone(), source })?;
        held.push((secret, Secret::new(text.to_string())));
    }
    Ok(held)
}

/// What is in use, where that is known: a set that was put there, and nobody noted that it came in use, is not.
pub(super) fn in_use(of: &SecretsSettings) -> Option<InUse> {
    let kept: Kept = serde_json::from_slice(&fs::read(beside(of, "-fetched.json")).ok()?).ok()?;
    let is_there = fs::canonicalize(settings(of).link).ok()? == fs::canonicalize(&kept.set).ok()?;
    let named = |(name, version): (String, String)| Some((SecretName::parse(&name).ok()?, version));
    let versions = kept.versions.into_iter().filter_map(named).collect();
    (is_there && of.link.is_dir()).then_some(InUse { versions, bundle: kept.bundle })
}

/// Puts a set in the place of the one from before.
pub(super) fn replace(of: &SecretsSettings, ready: &[Ready]) -> Result<PathBuf, ActivateError> {
    put_in_use(&settings(of), ready)
}

/// Notes that a set is in use.
pub(super) fn note(of: &SecretsSettings, set: &Path, now: &InUse) -> Result<(), ActivateError> {
    let path = beside(of, "-fetched.json");
    let versions = now.versions.iter().map(|(name, version)| (name.to_string(), version.clone())).collect();
    let kept = Kept { set: set.to_owned(), versions, bundle: now.bundle };
    let bytes = serde_json::to_vec(&kept).expect("texts have a form in JSON");
    records::replace(&path, &bytes).map_err(|source| ActivateError::Write { path, source })
}
