//! Opens the secrets of a system.

use std::path::PathBuf;

use clawlets_model::SecretName;
use clawlets_release::value::{Sha256Digest, StorePath};

use super::{
    ActivateError,
    all::{of_bundle, with_fetched},
    generation::put_in_use,
};
use crate::{config::SecretsSettings, secrets::Shelf};

/// Whose bundle it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It belongs to the system.
    System,
    /// The system has none, so it is the last that was installed by hand.
    Installed,
}

impl Origin {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Installed => "installed",
        }
    }
}

/// What is in use now.
#[derive(Debug, Clone)]
pub struct Activated {
    /// The bundle.
    pub bundle: Sha256Digest,
    /// Whose it is.
    pub origin: Origin,
    /// Where the opened secrets lie.
    pub folder: PathBuf,
    /// Their names, sorted.
    pub secrets: Vec<SecretName>,
}

/// Opens the secrets that belong to `system`, or were installed by hand if it has none, and puts them in use with those
/// that were fetched from elsewhere: all of them, and none of those from before.
///
/// # Errors
/// [`ActivateError`]; what was in use stays in use then.
pub fn activate(
    shelf: &Shelf,
    settings: &SecretsSettings,
    system: &StorePath,
) -> Result<Activated, ActivateError> {
    // Nobody removes a bundle that is being read.
    let _lock = shelf.lock().map_err(ActivateError::Shelf)?;
    let own = shelf.of(system).map(|digest| (digest, Origin::System));
    let (bundle, origin) = own
        .or_else(|| shelf.installed().map(|digest| (digest, Origin::Installed)))
        .ok_or_else(|| ActivateError::NoBundle { system: system.clone() })?;
    let ready = with_fetched(settings, of_bundle(shelf, settings, bundle)?)?;
    let folder = put_in_use(settings, &ready)?;
    Ok(Activated { bundle, origin, folder, secrets: ready.into_iter().map(|ready| ready.secret).collect() })
}
