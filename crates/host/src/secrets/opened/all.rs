//! The secrets of a bundle, and those that were fetched, as one set.

use std::{fs, path::PathBuf};

use clawlets_model::{Secret, SecretName};
use clawlets_release::value::{Sha256Digest, StorePath};

use super::{
    ActivateError,
    decrypt::{host_keys, values},
    generation::{Ready, put_in_use},
    owner::Ids,
};
use crate::{
    config::{Mode, SecretsSettings},
    secrets::{Shelf, fetched},
};

impl Ready {
    /// A secret that stays with whoever opens it.
    pub(in crate::secrets) fn for_us(secret: SecretName, value: Secret<String>) -> Self {
        Self { ids: Ids { user: None, group: None }, mode: Mode::default(), secret, value }
    }

    /// A secret that goes to whoever the configuration says that it belongs to.
    pub(in crate::secrets) fn for_its_owner(
        settings: &SecretsSettings,
        secret: SecretName,
        value: Secret<String>,
    ) -> Result<Self, ActivateError> {
        let owner = settings.owners.get(&secret).cloned().unwrap_or_default();
        Ok(Self { ids: Ids::of(&secret, &owner)?, mode: owner.mode, secret, value })
    }
}

/// The bundle whose secrets are in use on a system: its own, else the last that was installed by hand.
pub(in crate::secrets) fn bundle_of(shelf: &Shelf, system: Option<&StorePath>) -> Option<Sha256Digest> {
    system.and_then(|system| shelf.of(system)).or_else(|| shelf.installed())
}

/// Puts the secrets of a bundle in use, with those that were fetched. Where both have one of the same name, the one that
/// was fetched counts: it is the newer.
pub(in crate::secrets) fn put_all_in_use(
    shelf: &Shelf,
    settings: &SecretsSettings,
    bundle: Option<Sha256Digest>,
) -> Result<PathBuf, ActivateError> {
    // Nobody removes a bundle that is being read.
    let _lock = shelf.lock().map_err(ActivateError::Shelf)?;
    let ready = match bundle {
        Some(bundle) => of_bundle(shelf, settings, bundle)?,
        None => Vec::new(),
    };
    put_in_use(settings, &with_fetched(settings, ready)?)
}

/// The secrets of a bundle. One without any needs no key.
pub(super) fn of_bundle(
    shelf: &Shelf,
    settings: &SecretsSettings,
    bundle: Sha256Digest,
) -> Result<Vec<Ready>, ActivateError> {
    let folder = shelf.bundle(bundle);
    let is_empty = fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_none());
    if is_empty {
        return Ok(Vec::new());
    }
    let fetched = fetched::fetched_key(settings);
    let is_fetched = !settings.age_key.exists() && fetched.exists();
    let keys = host_keys(if is_fetched { &fetched } else { &settings.age_key })?;
    let values = values(&folder, &keys)?.into_iter();
    values.map(|(secret, value)| Ready::for_its_owner(settings, secret, value)).collect()
}

/// The same, and the secrets that were fetched.
pub(super) fn with_fetched(
    settings: &SecretsSettings,
    mut ready: Vec<Ready>,
) -> Result<Vec<Ready>, ActivateError> {
    for (secret, value) in fetched::held(settings)? {
        ready.retain(|other| other.secret != secret);
        ready.push(Ready::for_its_owner(settings, secret, value)?);
    }
    ready.sort_by(|one, other| one.secret.as_str().cmp(other.secret.as_str()));
    Ok(ready)
}
