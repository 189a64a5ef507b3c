//! Which App, which installation, and what tokens are good for.

use std::{fs, io, path::PathBuf};

use clawlets_github::{
    Access as Extent, App, AppId, AppKey, InstallationId, InvalidPermission, InvalidRepository, InvalidScope,
    KeyError, Permission, RepositoryName, Scope,
};
use clawlets_model::Secret;
use clawlets_release::value::Sha256Digest;
use thiserror::Error;

use crate::config::AppAccess;

/// What a token may do when nothing is said.
const READING: [&str; 3] = ["contents", "issues", "pull_requests"];
/// The largest file of a key, in bytes.
const MAX_KEY: u64 = 64 << 10;

/// An App that tokens come from, and what they are good for. The key is read when it is needed.
#[derive(Debug, Clone)]
pub struct Access {
    app: AppId,
    /// The installation of the App.
    pub installation: InstallationId,
    key_file: PathBuf,
    /// What tokens are good for.
    pub scope: Scope,
}

/// Why there is no access.
#[derive(Debug, Error)]
pub enum AccessError {
    /// A number is missing.
    #[error("{0} is missing: a number above 0, as GitHub shows it in the App's settings")]
    Id(&'static str),
    /// A repository is none.
    #[error("a token cannot be narrowed to what is no repository")]
    Repository(#[from] InvalidRepository),
    /// A permission is none.
    #[error("a token cannot be narrowed to what is no permission")]
    Permission(#[from] InvalidPermission),
    /// A token would be good for everything, or for too much.
    #[error("a token is always narrowed")]
    Scope(#[from] InvalidScope),
    /// The key cannot be read.
    #[error("failed to read the App's private key from {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file holds no key that can be used.
    #[error("{} holds no private key of a GitHub App", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: KeyError,
    },
}

impl Access {
    /// Reads what is configured.
    ///
    /// # Errors
    /// [`AccessError`] names what is missing or wrong.
    pub fn of(settings: &AppAccess) -> Result<Self, AccessError> {
        // The owner is the installation's, so it says nothing.
        let bare = |text: &String| RepositoryName::parse(text.rsplit('/').next().unwrap_or_default());
        let repositories = settings.repositories.iter().map(bare).collect::<Result<Vec<_>, _>>()?;
        let permissions = if settings.permissions.is_empty() {
            READING.map(|name| (name.to_owned(), "read".to_owned())).into()
        } else {
            settings.permissions.clone()
        };
        let permission = |(name, extent): (&String, &String)| {
            Ok::<_, InvalidPermission>((Permission::parse(name)?, extent.parse::<Extent>()?))
        };
        let permissions = permissions.iter().map(permission).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            app: AppId::new(settings.app_id).ok_or(AccessError::Id("the App's id"))?,
            installation: InstallationId::new(settings.installation_id)
                .ok_or(AccessError::Id("the installation's id"))?,
            key_file: settings.private_key_file.clone(),
            scope: Scope::new(repositories, permissions)?,
        })
    }

    /// The App with its key, read anew, so that a key that was replaced counts at once.
    ///
    /// # Errors
    /// [`AccessError::Unreadable`] and [`AccessError::Key`].
    pub(super) fn app(&self) -> Result<App, AccessError> {
        let unreadable = |source| AccessError::Unreadable { path: self.key_file.clone(), source };
        let found = fs::metadata(&self.key_file).map_err(unreadable)?;
        if !found.is_file() || found.len() > MAX_KEY {
            return Err(unreadable(io::Error::other("it is no file of a key")));
        }
        let text = Secret::from(fs::read_to_string(&self.key_file).map_err(unreadable)?);
        let key = AppKey::from_pem(&text)
            .map_err(|source| AccessError::Key { path: self.key_file.clone(), source })?;
        Ok(App { id: self.app, key })
    }

    /// A mark by which a token is known that was made for exactly this.
    pub(super) fn mark(&self, api: &str) -> String {
        let text = format!("{api} {} {} {}", self.app, self.installation, self.scope);
        Sha256Digest::of(text.as_bytes()).to_string().chars().take(16).collect()
    }
}
