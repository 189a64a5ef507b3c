//! Where tokens come from: the App that is configured.

use std::time::Duration;

use clawlets_github::{App, AppKey, Github, InstallationToken};
use clawlets_upstream::client_config;
use jiff::Timestamp;

use super::error::NoToken;
use crate::{config::GithubApp, daemon::StartError};

/// The App that is configured, and the way to GitHub.
#[derive(Debug)]
pub(super) struct Source {
    app: GithubApp,
    github: Github,
}

impl Source {
    pub(super) fn new(app: &GithubApp) -> Result<Self, StartError> {
        let tls = client_config(app.api.reach()).map_err(clawlets_cloud::SetupError::Tls)?;
        Ok(Self { app: app.clone(), github: Github::new(app.api.clone(), tls)? })
    }

    /// What tokens are good for, in words.
    pub(super) fn scope(&self) -> String {
        self.app.scope.to_string()
    }

    /// A new token. The key is read anew, so that one that was replaced is used without a restart.
    pub(super) async fn mint(&self, now: Timestamp) -> Result<InstallationToken, NoToken> {
        let file = self.app.private_key.clone();
        let text =
            tokio::task::spawn_blocking(move || file.read()).await.map_err(|_| NoToken::Interrupted)??;
        let app = App { id: self.app.app, key: AppKey::from_pem(&text)? };
        Ok(self.github.mint(&app, self.app.installation, &self.app.scope, now).await?)
    }

    /// Ends a token, tried a few times.
    pub(super) async fn revoke(&self, token: &InstallationToken, now: Timestamp) -> Result<(), NoToken> {
        const PAUSES: [Duration; 3] =
            [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(30)];
        let mut pauses = PAUSES.into_iter();
        loop {
            match (self.github.revoke(&token.token, now).await, pauses.next()) {
                (Err(error), Some(pause)) if error.is_temporary() => {
                    tokio::time::sleep(error.retry_after().unwrap_or(pause).min(PAUSES[2])).await;
                }
                (outcome, _) => return Ok(outcome?),
            }
        }
    }
}
