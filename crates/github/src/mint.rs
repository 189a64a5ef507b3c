//! Minting and revoking tokens.

use std::sync::{Arc, PoisonError};

use clawlets_model::Secret;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    App, Github, GithubError, InstallationId, InstallationToken, Scope, github::Call, narrowed::Granted,
};

/// What is minted one at a time: tokens of one installation and scope.
pub(crate) type Turn = (InstallationId, Scope);
/// Whose turn it is, and the token that is shared by whoever asks for the current one.
pub(crate) type Turns = Arc<Mutex<Option<InstallationToken>>>;

/// The answer; never printed.
#[derive(Deserialize)]
struct Minted {
    token: String,
    expires_at: Timestamp,
}

impl Github {
    /// A token of its own, for one holder who revokes it at the end. Mints of one installation and scope wait for each
    /// other.
    ///
    /// # Errors
    /// [`GithubError`]. After one that may have had its effect a token may exist that nobody knows; it ends by itself.
    pub async fn mint(
        &self,
        app: &App,
        installation: InstallationId,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<InstallationToken, GithubError> {
        let turns = self.turns(installation, scope);
        let _turn = turns.lock().await;
        self.mint_now(app, installation, scope, now).await
    }

    /// The token that everybody who asks for this installation and scope shares; a new one when there is none that is
    /// good for longer than `at_least`. However many ask at once, one is minted.
    ///
    /// # Errors
    /// [`GithubError`]. A shared token that is still good is kept for those who need it for less long.
    pub async fn current(
        &self,
        app: &App,
        installation: InstallationId,
        scope: &Scope,
        at_least: SignedDuration,
        now: Timestamp,
    ) -> Result<InstallationToken, GithubError> {
        let turns = self.turns(installation, scope);
        let mut current = turns.lock().await;
        if let Some(token) = current.as_ref().filter(|token| token.lasts(at_least, now)) {
            return Ok(token.clone());
        }
        let token = self.mint_now(app, installation, scope, now).await?;
        *current = Some(token.clone());
        Ok(token)
    }

    /// Ends a token. One that GitHub knows no more is over already, which is as good.
    ///
    /// # Errors
    /// [`GithubError`]; the token is then good until it ends by itself.
    pub async fn revoke(&self, token: &Secret<String>, now: Timestamp) -> Result<(), GithubError> {
        let call = Call {
            tried: "revoke a token",
            method: Method::DELETE,
            path: &["installation", "token"],
            bearer: token,
            body: None,
        };
        match self.send(&call, now).await {
            Ok(_) | Err(GithubError::Unauthorized { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn turns(&self, installation: InstallationId, scope: &Scope) -> Turns {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry((installation, scope.clone())).or_default())
    }

    async fn mint_now(
        &self,
        app: &App,
        installation: InstallationId,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<InstallationToken, GithubError> {
        let tried = "mint a token";
        let jwt = app.jwt(now).map_err(|source| GithubError::Key { tried, source })?;
        let id = installation.to_string();
        let call = Call {
            tried,
            method: Method::POST,
            path: &["app", "installations", &id, "access_tokens"],
            bearer: &jwt,
            body: Some(request(scope)),
        };
        let answer = self.send(&call, now).await?;
        let minted: Minted = answer.json()?;
        let token = Secret::from(minted.token);
        if let Some(what) = answer.json::<Granted>()?.beyond(scope) {
            // Nobody is to have it. Should that fail, it ends by itself within the hour.
            let _ = self.revoke(&token, now).await;
            return Err(GithubError::TooBroad { tried, what });
        }
        let expires_at = minted.expires_at;
        let token = InstallationToken { token, expires_at, scope: scope.clone() };
        if token.lasts(SignedDuration::ZERO, now) {
            Ok(token)
        } else {
            Err(GithubError::Expired { tried, expires_at })
        }
    }
}

fn request(scope: &Scope) -> Value {
    json!({ "repositories": scope.repositories(), "permissions": scope.permissions() })
}
