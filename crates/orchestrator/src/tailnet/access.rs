//! Access tokens: fetched when one is needed, kept until shortly before they expire.

use std::time::{Duration, Instant};

use clawlets_model::Secret;
use reqwest::Method;
use serde::Deserialize;

use super::{Tailnet, TailnetError, client::Body, credentials::Credentials};

/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(60);
const TRIED: &str = "open the tailnet's API";

/// A token and until when it is good.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) token: Secret<String>,
    until: Instant,
}

/// The answer; never printed.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

impl Tailnet {
    /// A token that is good for a while.
    pub(super) async fn access(&self) -> Result<Secret<String>, TailnetError> {
        let mut known = self.access.lock().await;
        if let Some(access) = known.as_ref().filter(|access| access.until > Instant::now()) {
            return Ok(access.token.clone());
        }
        let client = Credentials::read(&self.client_file).await?;
        let body = Body::Form(vec![
            ("grant_type", Secret::from("client_credentials")),
            ("client_id", Secret::from(client.id)),
            ("client_secret", client.secret),
        ]);
        let answer = self.send(TRIED, Method::POST, &["oauth", "token"], &body, None).await?;
        let granted: Granted =
            serde_json::from_slice(&answer).map_err(|_| TailnetError::Malformed { tried: TRIED })?;
        let life = Duration::from_secs(granted.expires_in.min(24 * 60 * 60));
        // One that lives for less than the margin is used once.
        let until = Instant::now() + life.saturating_sub(MARGIN);
        let token = Secret::from(granted.access_token);
        *known = Some(Access { token: token.clone(), until });
        Ok(token)
    }

    /// The token was refused: the next call fetches another.
    pub(super) async fn forget_access(&self) {
        *self.access.lock().await = None;
    }
}
