//! What opens GitHub's API: a token that somebody made, or an App that makes short ones.

use clawlets_github::{
    Access as Extent, App, AppId, AppKey, Github, GithubError, InstallationId, KeyError, Permission,
    Repository, Scope,
};
use clawlets_model::Secret;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::UpstreamError;
use crate::secret_source::{SecretSource, SecretSourceError};

/// How long a token must still be good.
const AT_LEAST: SignedDuration = SignedDuration::from_mins(2);

/// What opens the API.
#[derive(Debug, Clone)]
pub enum Access {
    /// A token.
    Token(SecretSource),
    /// An App, whose tokens are narrowed to the one repository and to its workflows.
    App {
        /// Its id.
        app: AppId,
        /// Its installation.
        installation: InstallationId,
        /// Its private key.
        key: SecretSource,
    },
}

/// Why there is nothing to sign in with.
#[derive(Debug, Error)]
pub enum NoAccess {
    /// A secret cannot be read.
    #[error("there is no credential for GitHub")]
    Secret(#[from] SecretSourceError),
    /// The App's key cannot be used.
    #[error("the App's key cannot be used")]
    Key(#[from] KeyError),
}

impl From<SecretSourceError> for UpstreamError {
    fn from(error: SecretSourceError) -> Self {
        Self::Access(error.into())
    }
}

impl Access {
    /// A token for the repository's workflows. Secrets are read anew, so that one that was replaced is used.
    pub(super) async fn token(
        &self,
        github: &Github,
        repository: &Repository,
        now: Timestamp,
    ) -> Result<Secret<String>, UpstreamError> {
        match self {
            Self::Token(source) => Ok(source.read()?),
            Self::App { app, installation, key } => {
                let key = AppKey::from_pem(&key.read()?).map_err(NoAccess::from)?;
                let actions = Permission::parse("actions").expect("a fixed name of a permission is one");
                let scope = Scope::new([repository.name().clone()], [(actions, Extent::Write)]);
                let scope = scope.expect("one repository and one permission make a scope");
                let app = App { id: *app, key };
                let token = github.current(&app, *installation, &scope, AT_LEAST, now).await;
                Ok(token.map_err(|error: GithubError| UpstreamError::Github(error))?.token)
            }
        }
    }
}
